import type { ImportReport, TransferFormat } from '#libs/protocol';
import { CourseTransfer } from '../course/index.js';
import { clock, openStore, withStore } from './stores.js';

export type Format = TransferFormat;

/** Every course as text, a page in memory at a time; reads beside a running server. */
export async function* exportCourses(format: Format): AsyncGenerator<string> {
  const data = await openStore('data', 'DATA_STORE', 'read');
  try {
    yield* new CourseTransfer(data, clock).export(format);
  } finally {
    await data.close();
  }
}

/** Upserts by slug. Progress is shown on a terminal, a line a thousand rows elsewhere. */
export async function importCourses(
  source: AsyncIterable<Uint8Array>,
  format: Format,
  dryRun: boolean,
): Promise<ImportReport> {
  return withStore('data', 'DATA_STORE', 'exclusive', (data) =>
    new CourseTransfer(data, clock).import(source, {
      format,
      dryRun,
      onProgress: (rows) => {
        if (rows % 1000 === 0)
          process.stderr.write(process.stderr.isTTY ? `\r${rows} rows` : `${rows} rows\n`);
      },
    }),
  );
}
