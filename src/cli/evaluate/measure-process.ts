import { CliError, exit } from '../run.js';
import { measure } from './measure.js';
import type { EvaluateMessage, EvaluateRequest } from './messages.js';

/** The process that measures one algorithm: its peak memory is that algorithm's alone. */
const send = (message: EvaluateMessage): Promise<void> =>
  new Promise((resolve) => process.send?.(message, () => resolve()));

// Without its parent nobody reads the answer.
process.once('disconnect', () => process.exit(exit.software));
process.once('message', (request: EvaluateRequest) => {
  let told = -Infinity;
  const tell = (step: string, done: number): void => {
    if (performance.now() - told < 100) return;
    told = performance.now();
    void send({ kind: 'progress', step, done });
  };
  measure(request, tell)
    .then(
      ({ users, row }) => send({ kind: 'done', users, row }),
      (error: Error) => {
        const known = error instanceof CliError;
        return send({
          kind: 'failed',
          message: known ? error.message : (error.stack ?? error.message),
          exitCode: known ? error.exitCode : exit.software,
        });
      },
    )
    .finally(() => process.exit());
});
