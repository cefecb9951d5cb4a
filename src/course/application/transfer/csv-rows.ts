import { columns, fromCsv, requiredColumns } from '../../domain/rows.js';
import { cellsOf } from './csv-cells.js';
import { type ImportRow, Unreadable } from './import-row.js';
import type { RawRow } from './record-splitter.js';

/** Rows of CSV with a header; blank rows are none. @throws Unreadable where there is no header to read them by */
export async function* csvRows(rows: AsyncIterable<RawRow>): AsyncGenerator<ImportRow> {
  let header: string[] | undefined;
  for await (const row of rows) {
    const { line, text } = row;
    if (header) {
      const read = rowOf(row, header);
      if (read) yield read;
    } else if (row.problem !== undefined) {
      throw new Unreadable(line, `${row.problem}, where the names of the columns should be`);
    } else if (text.trim() !== '') {
      header = headerOf(row);
    }
  }
  if (!header) throw new Unreadable(1, `there is no row; the first names columns of ${known}`);
}

const known = columns.join(', ');

function rowOf({ line, lastLine, text, problem }: RawRow, header: string[]): ImportRow | undefined {
  const row = { line, size: text.length };
  const spans = lastLine > line ? ` (the row ends on line ${lastLine})` : '';
  if (problem !== undefined) return { ...row, problem: problem + spans };
  try {
    const cells = cellsOf(text);
    if (cells.every((cell) => cell.trim() === '')) return undefined;
    if (cells.length !== header.length)
      return { ...row, problem: `${cells.length} cells for ${header.length} columns${spans}` };
    return { ...row, value: fromCsv(header, cells) };
  } catch (error) {
    return { ...row, problem: `${(error as SyntaxError).message}${spans}` };
  }
}

/** @throws Unreadable, naming what is wrong with the columns */
function headerOf({ line, text }: RawRow): string[] {
  const named = headerCells(line, text).map((cell) => cell.trim());
  const faults: string[] = [];
  const unknown = named.filter((name) => !columns.some((column) => column === name));
  if (unknown.length > 0) faults.push(`unknown columns ${listed(unknown)}`);
  const missing = requiredColumns.filter((column) => !named.includes(column));
  if (missing.length > 0) faults.push(`there is no column ${missing.join(', ')}`);
  const twice = columns.filter((column) => named.indexOf(column) !== named.lastIndexOf(column));
  if (twice.length > 0) faults.push(`twice there is ${twice.join(', ')}`);
  if (faults.length === 0) return named;
  const hint = /^[^,]*[;\t]/.test(text) ? '; cells are separated by commas' : '';
  throw new Unreadable(
    line,
    `${faults.join('; ')}${hint}; the first row names columns of ${known}`,
  );
}

function headerCells(line: number, text: string): string[] {
  try {
    return cellsOf(text);
  } catch (error) {
    throw new Unreadable(line, (error as SyntaxError).message);
  }
}

const shownNames = 5;
const shownCharacters = 40;

/** Names are whatever was sent: a few, cut. */
function listed(names: readonly string[]): string {
  const cut = (name: string): string =>
    JSON.stringify(name.length > shownCharacters ? `${name.slice(0, shownCharacters)}…` : name);
  const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : '';
  return names.slice(0, shownNames).map(cut).join(', ') + more;
}
