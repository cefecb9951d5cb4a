import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { exportHistory, importHistory } from '../chat/index.js';
import { openInput } from './input.js';
import { Progress } from './progress.js';
import { exit } from './run.js';
import { openStore, withStore } from './stores.js';

/** `maxiaoke export messages` and `maxiaoke import messages` */
export function addMessageCommands(program: Command, print: (text: string) => void): void {
  const under = (name: string) => program.commands.find((command) => command.name() === name);
  under('export')
    ?.command('messages')
    .description('rooms with their events, members and read markers, as NDJSON')
    .action(async () => {
      await pipeline(exported(), process.stdout, { end: false });
    });
  under('import')
    ?.command('messages [file]')
    .description('an export of messages: same numbers and epochs, what is there is passed over')
    .addOption(new Option('--json', 'print JSON'))
    .action(async (file: string | undefined, given: { json?: boolean }) => {
      const { stream } = await openInput(file);
      const progress = new Progress(process.stderr);
      const report = await withStore('history', 'HISTORY_STORE', 'exclusive', (history) =>
        importHistory(history, stream, ({ rooms, events }) =>
          progress.show(`${rooms} rooms, ${events} events`),
        ),
      );
      progress.end();
      const { rooms, events, failed, errors } = report;
      print(
        given.json
          ? JSON.stringify(report)
          : `rooms ${rooms}, events stored ${events}, rows failed ${failed}`,
      );
      for (const { line, message } of errors) process.stderr.write(`line ${line}: ${message}\n`);
      if (failed > 0) process.exitCode = exit.data;
    });
}

async function* exported(): AsyncGenerator<string> {
  const history = await openStore('history', 'HISTORY_STORE', 'read');
  try {
    yield* exportHistory(history);
  } finally {
    await history.close();
  }
}
