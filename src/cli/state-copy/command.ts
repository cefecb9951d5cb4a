import { type Command, Option } from 'commander';
import { exit } from '../run.js';
import { clock } from '../stores.js';
import { Progress } from '../progress.js';
import { type CopyArguments, requestOf } from './request.js';
import { type CopyReport, copyState } from './state-copy.js';

/** `maxiaoke state …` */
export function addStateCommand(program: Command, print: (text: string) => void): void {
  program
    .command('state')
    .description('what is stored, as a whole')
    .command('copy')
    .description('move history and sessions to another store, while the system runs')
    .requiredOption('--from <url>', 'the store to copy from; opened for reading')
    .requiredOption('--to <url>', 'the store to copy to')
    .option('--sessions-from <url>', 'where sessions are kept; as --from where absent')
    .option('--sessions-to <url>', 'where sessions go; as --to where absent')
    .option('--no-sessions', 'copy history alone')
    .option('--follow', 'keep up with what is new until SIGINT or SIGTERM, then make a last pass')
    .option('--verify', 'compare afterwards and name the first difference (exit code 65)')
    .option(
      '--mirror',
      'remove rooms at the target that are not at the source, or are others there',
    )
    .addOption(new Option('--json', 'print JSON'))
    .action(async (given: CopyArguments) => {
      const report = await copyState(requestOf(given), {
        clock,
        progress: new Progress(process.stderr),
        stop: signalled(given.follow ?? false),
      });
      print(given.json ? JSON.stringify(report) : shown(report));
      if (report.verified && report.verified.difference !== null) process.exitCode = exit.data;
    });
}

/** Aborted by the first SIGINT or SIGTERM; the second ends the process, and a later run goes on. */
function signalled(follow: boolean): AbortSignal {
  const controller = new AbortController();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const stop = (): void => {
    for (const signal of signals) process.off(signal, stop);
    controller.abort();
  };
  if (follow) for (const signal of signals) process.on(signal, stop);
  return controller.signal;
}

function shown({
  from,
  to,
  rooms,
  events,
  removed,
  sessions,
  seconds,
  verified,
}: CopyReport): string {
  const parts = [
    `${rooms} rooms`,
    `${events} events copied`,
    ...(removed > 0 ? [`${removed} rooms removed`] : []),
    ...(sessions === undefined ? [] : [`${sessions} sessions and tokens`]),
  ];
  return [
    `${from} → ${to}: ${parts.join(', ')}, in ${seconds} s`,
    ...(verified
      ? [
          verified.difference === null
            ? `equal: ${verified.rooms} rooms with ${verified.events} events compared`
            : `different: ${verified.difference}`,
        ]
      : []),
  ].join('\n');
}
