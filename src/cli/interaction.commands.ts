import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import {
  exportInteractions,
  importInteractions,
  type InteractionFormat,
} from '../recommendation/index.js';
import { openInput } from './input.js';
import { Progress } from './progress.js';
import { exit } from './run.js';
import { clock, openStore, withStore } from './stores.js';

const format = () =>
  new Option('--format <format>', 'of the rows').choices(['csv', 'ndjson']).default('ndjson');

/** `maxiaoke export interactions` and `maxiaoke import interactions` */
export function addInteractionCommands(program: Command, print: (text: string) => void): void {
  const under = (name: string) => program.commands.find((command) => command.name() === name);
  under('export')
    ?.command('interactions')
    .description('who did what with which course, ascending by id')
    .addOption(format())
    .action(async (given: { format: InteractionFormat }) => {
      await pipeline(exported(given.format), process.stdout, { end: false });
    });
  under('import')
    ?.command('interactions [file]')
    .description('columns user, courseId, type, at; value of ratings; id where there is one')
    .addOption(format())
    .addOption(new Option('--json', 'print JSON'))
    .action(
      async (file: string | undefined, given: { format: InteractionFormat; json?: boolean }) => {
        const { stream } = await openInput(file);
        const progress = new Progress(process.stderr);
        const report = await withStore('data', 'DATA_STORE', 'exclusive', (data) =>
          importInteractions(data, clock, stream, given.format, (rows) =>
            progress.show(`${rows} rows`),
          ),
        );
        progress.end();
        const { accepted, failed, errors } = report;
        print(given.json ? JSON.stringify(report) : `accepted ${accepted}, failed ${failed}`);
        for (const { line, message } of errors) process.stderr.write(`line ${line}: ${message}\n`);
        if (failed > 0) process.exitCode = exit.data;
      },
    );
}

async function* exported(of: InteractionFormat): AsyncGenerator<string> {
  const data = await openStore('data', 'DATA_STORE', 'read');
  try {
    yield* exportInteractions(data, of);
  } finally {
    await data.close();
  }
}
