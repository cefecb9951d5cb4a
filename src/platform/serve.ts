import type { Env } from '../env.js';
import { createApp } from './http/bootstrap.js';
import { Lifecycle } from './lifecycle.js';
import { LOGGER } from './logging/logger.js';
import type { Logger } from '#libs/kernel';

/** Serves until SIGTERM or SIGINT: hands its connections over, closes its stores, exits 0. A second signal ends it at once. */
export async function serve(env: Env): Promise<void> {
  const app = await createApp(env);
  const logger = app.get<Logger>(LOGGER);
  await app.listen(env.PORT, env.HOST);
  const url = `http://${env.HOST === '0.0.0.0' ? 'localhost' : env.HOST}:${env.PORT}`;
  logger.info({ modules: env.MODULES, url, docs: `${url}/api/docs` }, 'ready');
  const leave = async (): Promise<void> => {
    await app.get(Lifecycle).drain();
    await app.close();
  };
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    logger.info({ signal, seconds: env.DRAIN_SECONDS }, 'stopping');
    leave().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
