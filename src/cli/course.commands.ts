import { pipeline } from 'node:stream/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ImportReport, TransferFormat } from '#libs/protocol';
import { CourseTransfer } from '../course/index.js';
import { encodings, importCourses, type ImportArguments } from './import-courses.js';
import { exit } from './run.js';
import { clock, openStore } from './stores.js';

/** `maxiaoke import courses` and `maxiaoke export courses` */
export function addTransferCommands(program: Command, print: (text: string) => void): void {
  const format = () => new Option('--format <format>', 'of the rows').choices(['csv', 'ndjson']);
  program
    .command('export')
    .description('write what is stored to standard output')
    .command('courses')
    .addOption(format().default('ndjson'))
    .action((options: { format: TransferFormat }) => exportCourses(options.format));
  program
    .command('import')
    .description('store rows from a file or standard input; an import of an export changes nothing')
    .command('courses [file]')
    .addOption(format().default(undefined, 'csv for a file so named, else ndjson'))
    .addOption(
      new Option('--encoding <name>', 'of the text; recognised where absent').choices(encodings),
    )
    .option('--instructor <username>', 'whose new courses are that name nobody')
    .option('--from-line <line>', 'pass over the rows that begin before it', lineNumber)
    .option('--dry-run', 'say what would change')
    .addOption(new Option('--json', 'print the report as JSON'))
    .action(async (file: string | undefined, given: ImportArguments & { json?: boolean }) => {
      const report = await importCourses(file, given);
      print(given.json ? JSON.stringify(report) : shown(report, given.dryRun));
      for (const { line, message } of report.errors)
        process.stderr.write(`line ${line}: ${message}\n`);
      const untold = report.failed - report.errors.length;
      if (untold > 0) process.stderr.write(`and ${untold} more\n`);
      if (report.failed > 0) process.exitCode = exit.data;
    });
}

/** A page in memory at a time; reads beside a running server. */
async function exportCourses(format: TransferFormat): Promise<void> {
  const data = await openStore('data', 'DATA_STORE', 'read');
  try {
    const rows = new CourseTransfer(data, clock).export(format);
    await pipeline(rows, process.stdout, { end: false });
  } finally {
    await data.close();
  }
}

function shown(
  { created, updated, unchanged, failed, encoding }: ImportReport,
  dryRun = false,
): string {
  const counts = `created ${created}, updated ${updated}, unchanged ${unchanged}, failed ${failed}`;
  return [
    counts,
    ...(encoding === undefined ? [] : [`read as ${encoding}`]),
    ...(dryRun ? ['nothing was stored: a dry run'] : []),
  ].join('; ');
}

function lineNumber(given: string): number {
  const line = Number(given);
  if (Number.isSafeInteger(line) && line >= 1) return line;
  throw new InvalidArgumentError('a line is a number from 1');
}
