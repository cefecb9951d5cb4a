import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { fromCsv } from '../domain/rows.js';
import { type ImportLine, maxRowBytes, tooLong } from './import-lines.js';
import { LineIndex, NotUtf8 } from './line-index.js';

/** How the parser tells where a row ended: bytes from the start, and the row as it was written. */
interface Parsed {
  record: Record<string, string>;
  raw: string;
  info: { bytes: number };
}

/** Rows of CSV (RFC 4180) with a header. A row that cannot be read is named and passed over. */
export async function* csvLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<ImportLine> {
  const index = new LineIndex();
  const skipped: { error: CsvError; raw: string }[] = [];
  const parser = parse({
    bom: true,
    columns: true,
    info: true,
    raw: true,
    max_record_size: maxRowBytes,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error, raw) => {
      if (error) skipped.push({ error, raw: raw ?? '' });
      return undefined;
    },
  });
  // An error of the source is thrown by the parser's iteration.
  const rows = pipeline(
    Readable.from(index.tap(source), { objectMode: false }),
    parser,
    () => undefined,
  );
  const problemsUpTo = function* (bytes: number): Generator<ImportLine> {
    while (skipped[0] && endOf(skipped[0].error) <= bytes) {
      const { error, raw } = skipped.shift() as (typeof skipped)[0];
      // Only a row that was read to its end is known by where it ends; others, by where they begin.
      const whole = error.code === 'CSV_RECORD_INCONSISTENT_COLUMNS';
      yield { line: index.startOf(endOf(error), whole ? raw : ''), problem: problemOf(error) };
    }
  };
  try {
    for await (const { record, raw, info } of rows as AsyncIterable<Parsed>) {
      yield* problemsUpTo(info.bytes);
      yield { line: index.startOf(info.bytes, raw), ...valueOf(record) };
    }
    yield* problemsUpTo(Infinity);
  } catch (error) {
    if (!(error instanceof CsvError) && !(error instanceof NotUtf8)) throw error;
    yield* problemsUpTo(Infinity);
    const line = error instanceof NotUtf8 ? error.line : index.startOf(endOf(error), '');
    yield { line, problem: `${error.message}; nothing after it was read` };
  }
}

const endOf = (error: CsvError): number => (typeof error.bytes === 'number' ? error.bytes : 0);

const problemOf = ({ code, message }: CsvError): string =>
  code === 'CSV_MAX_RECORD_SIZE' ? tooLong : (message.split(/[,:] (?:at|on) line/)[0] ?? message);

function valueOf(record: Record<string, string>): Pick<ImportLine, 'value' | 'problem'> {
  try {
    return { value: fromCsv(record) };
  } catch {
    return { problem: '/lessons: not JSON' };
  }
}
