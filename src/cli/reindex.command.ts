import { type Command, Option } from 'commander';
import { CourseReindex, type ReindexProgress } from '../course/index.js';
import { Progress } from './progress.js';
import { CliError, exit } from './run.js';
import { clock, withStore } from './stores.js';

/** `maxiaoke reindex` */
export function addReindexCommand(program: Command, print: (text: string) => void): void {
  program
    .command('reindex')
    .description(
      'make search documents anew that an earlier version made, while the system runs; a server does so by itself when it starts',
    )
    .addOption(new Option('--json', 'print JSON'))
    .action(async ({ json }: { json?: boolean }) => {
      const { examined, encoded } = await reindex();
      print(
        json
          ? JSON.stringify({ examined, encoded })
          : `${examined} courses, ${encoded} of them with a document made anew`,
      );
    });
}

async function reindex(): Promise<ReindexProgress> {
  const progress = new Progress(process.stderr);
  const done = await withStore('data', 'DATA_STORE', 'exclusive', (data) =>
    new CourseReindex(data, clock).run({
      onProgress: ({ examined, encoded }) =>
        progress.show(`${examined} courses, ${encoded} made anew`),
    }),
  );
  progress.end();
  if (done) return done;
  throw new CliError('another process is making search documents anew', exit.tempFail);
}
