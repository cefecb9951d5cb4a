import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Env } from '../env.js';
import { createApp } from './http/bootstrap.js';
import { Lifecycle } from './lifecycle.js';
import { LOGGER } from './logging/logger.js';
import type { Logger } from '#libs/kernel';

/** How long requests under way may take once the process no longer listens, ms; then they are cut. */
const lastRequestsMs = 4000;

/** V8 gives memory back only where little was allocated in the seconds before, ms. */
const restMs = 10_000;
/** Of so much, garbage included, collecting takes a tenth of a second, bytes. */
const smallHeap = 128 * 1024 * 1024;

/**
 * With --expose-gc, as the image has it: what starting left behind is a fifth of what a server at rest
 * holds, and nothing else would collect it.
 */
function collectStart(): void {
  if (process.memoryUsage().heapUsed >= smallHeap) return;
  // The last resort also gives back the pages that V8 would keep for later.
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

/**
 * Serves until SIGTERM or SIGINT: gives balancers notice, hands its connections over, closes its
 * stores, exits 0. SIGINT comes from a terminal, where no balancer waits for notice. A second signal
 * ends it at once.
 */
export async function serve(env: Env): Promise<void> {
  const app = await createApp(env);
  const logger = app.get<Logger>(LOGGER);
  await app.listen(env.PORT, env.HOST);
  const url = `http://${env.HOST === '0.0.0.0' ? 'localhost' : env.HOST}:${env.PORT}`;
  logger.info({ modules: env.MODULES, url, docs: `${url}/api/docs` }, 'ready');
  setTimeout(collectStart, restMs).unref();
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) process.exit(1);
    stopping = true;
    const notice = signal === 'SIGINT' ? 0 : env.DRAIN_NOTICE_SECONDS;
    logger.info(
      { signal, seconds: env.DRAIN_SECONDS, notice },
      'stopping; a second signal ends it at once',
    );
    leave(app, env.DRAIN_SECONDS, notice, logger).then(
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

async function leave(
  app: NestFastifyApplication,
  seconds: number,
  notice: number,
  logger: Logger,
): Promise<void> {
  await app.get(Lifecycle).drain(seconds, notice);
  const cut = setTimeout(() => {
    logger.warn({}, 'requests that take too long are cut');
    app.getHttpServer().closeAllConnections();
  }, lastRequestsMs);
  await app.close();
  clearTimeout(cut);
}
