import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { CsvError, parse } from 'csv-parse';
import { CliError, exit } from '../run.js';

/** One row; `at` is the timestamp as it stands there, in whatever unit. */
export interface RatingRow {
  user: string;
  item: string;
  rating: number;
  at: number;
}

export const ratingColumns = ['user', 'item', 'rating', 'timestamp'] as const;
const header = ratingColumns.join(',');
const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

interface Parsed {
  record: string[];
  info: { lines: number };
}

/**
 * Rows of a CSV file whose header names at least `user,item,rating,timestamp`, in any order; other columns are
 * passed over. Memory does not grow with the file.
 * @throws CliError naming the file, the line and the column of the first thing that is wrong
 */
export async function* ratingsOf(path: string): AsyncGenerator<RatingRow> {
  const name = basename(path);
  const parser = createReadStream(path)
    .on('error', (error) => parser.destroy(error))
    .pipe(parse({ bom: true, info: true, skip_empty_lines: true, relax_column_count: true }));
  let places: number[] | undefined;
  let width = 0;
  let rows = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<Parsed>) {
      if (!places) {
        places = placesOf(record, name);
        width = record.length;
        continue;
      }
      if (record.length !== width)
        throw bad(name, info.lines, `${record.length} fields where the header has ${width}`);
      yield rowOf(record, places, (what) => bad(name, info.lines, what));
      rows += 1;
    }
  } catch (error) {
    throw clear(error, path, name);
  }
  if (!places)
    throw new CliError(`${name} is empty; wanted is a header ${header}, then rows`, exit.data);
  if (rows === 0) throw new CliError(`${name} has a header and no rows`, exit.data);
}

function placesOf(found: readonly string[], name: string): number[] {
  const names = found.map((column) => column.trim().toLowerCase());
  const missing = ratingColumns.filter((column) => !names.includes(column));
  if (missing.length > 0)
    throw bad(
      name,
      1,
      `the header has no column ${missing.join(', ')}; wanted is ${header}, found is ${found.join(',').slice(0, 100)}`,
    );
  return ratingColumns.map((column) => names.indexOf(column));
}

function rowOf(
  record: readonly string[],
  places: readonly number[],
  fault: (what: string) => CliError,
): RatingRow {
  const [user = '', item = '', rating = '', at = ''] = places.map((place) => record[place]!.trim());
  if (user === '') throw fault('column user: empty');
  if (item === '') throw fault('column item: empty');
  return { user, item, rating: numberOf('rating', rating), at: numberOf('timestamp', at) };

  function numberOf(column: string, text: string): number {
    const value = number.test(text) ? Math.fround(Number(text)) : NaN;
    if (!Number.isFinite(value))
      throw fault(`column ${column}: ${JSON.stringify(text.slice(0, 40))} is not a finite number`);
    return Number(text);
  }
}

const bad = (name: string, line: number, what: string): CliError =>
  new CliError(`${name}, line ${line}: ${what}`, exit.data);

function clear(error: unknown, path: string, name: string): unknown {
  if (error instanceof CliError) return error;
  if (error instanceof CsvError)
    return bad(name, typeof error.lines === 'number' ? error.lines : 1, error.message);
  const { code } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file',
    EISDIR: 'it is a folder',
    EACCES: 'it may not be read',
  };
  const reason = code === undefined ? undefined : reasons[code];
  return reason === undefined ? error : new CliError(`${path}: ${reason}`, exit.noInput);
}
