import { inspect } from 'node:util';
import { UsageError } from './arguments.js';
import { Deployment } from './deployment/index.js';

/** Exit codes as sysexits.h has them. */
const exits = { violation: 1, usage: 64, software: 70, interrupted: 130 };

/** Ms from the start of the program: the clock of a run. */
export const clock = (): number => Math.round(performance.now());

export interface Stage {
  deployment: Deployment;
  /** Removed at the end, whatever the end is. */
  afterwards: (work: () => void | Promise<void>) => void;
}

/**
 * Runs `play` on a deployment and leaves nothing behind, after an error and a Ctrl-C too. The process
 * exits 0 where `play` resolves to true.
 */
export async function onStage(play: (stage: Stage) => Promise<boolean>): Promise<void> {
  const deployment = new Deployment(clock);
  const leavings: (() => void | Promise<void>)[] = [];
  process.on('exit', () => deployment.killNow());
  const awake = setInterval(() => undefined, 1000); // what is waited for alone does not keep Node running
  const interrupted = new Promise<number>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        process.stderr.write('\nending what was started\n');
        process.once(signal, () => process.exit(exits.interrupted));
        resolve(exits.interrupted);
      });
    }
  });
  const played = play({ deployment, afterwards: (work) => leavings.unshift(work) }).then(
    (right) => (right ? 0 : exits.violation),
    (error: unknown) => {
      const usage = error instanceof UsageError;
      process.stderr.write(usage ? `${error.message}\n` : `${inspect(error)}\n`);
      return usage ? exits.usage : exits.software;
    },
  );
  const code = await Promise.race([played, interrupted]);
  for (const leave of leavings) await leave();
  await deployment.dispose();
  clearInterval(awake);
  process.exit(code);
}
