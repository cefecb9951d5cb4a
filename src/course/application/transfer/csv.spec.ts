import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { cellsOf } from './csv-cells.js';
import { csvRows } from './csv-rows.js';
import type { ImportRow } from './import-row.js';
import { maxRowBytes } from './import-row.js';
import { type RawRow, RecordSplitter } from './record-splitter.js';
import { TextSource } from './text-source.js';

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

const split = (text: string | Uint8Array, size = 5): AsyncGenerator<RawRow> =>
  new RecordSplitter(new TextSource(inChunks(Buffer.from(text), size)), true).rows();
const rowsOf = (text: string | Uint8Array, size?: number): Promise<ImportRow[]> =>
  all(csvRows(split(text, size)));

const header = 'slug,title,language,level,category';
const row = (slug: string, title = 'T'): string => `${slug},${title},en,beginner,c`;

describe('CSV', () => {
  const cell = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', '汉', '"', ',', '\n', '\r', ' ') }),
    fc.string({ unit: 'grapheme' }),
  );
  const table = fc
    .integer({ min: 2, max: 5 })
    .chain((columns) => fc.array(fc.array(cell, { minLength: columns, maxLength: columns })));
  const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;
  const written = (value: string): string => (/[",\r\n]/.test(value) ? quoted(value) : value);

  it('is read as csv-parse reads it, cut into chunks anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.constantFrom('\n', '\r\n'), fc.nat(7), async (rows, end, size) => {
        const text = rows.map((cells) => cells.map(written).join(',') + end).join('');
        const wanted: string[][] = parse(text, { record_delimiter: end, bom: true });
        const found = (await all(split(text, size + 1))).map(({ text: raw }) => raw);
        expect(found.at(-1)).toBe('');
        expect(found.slice(0, -1).map(cellsOf)).toEqual(wanted);
      }),
    );
  });

  it('is told by the lines that rows begin and end on', async () => {
    const text = `a,"1\n2\r\n3"\r\nb\rc\n\n"d\n",e`;
    const rows = await all(split(text, 1));
    expect(rows.map(({ line, lastLine }) => [line, lastLine])).toEqual([
      [1, 3],
      [4, 4],
      [5, 5],
      [6, 6],
      [7, 8],
    ]);
  });

  it('passes over a row that is too long, whatever is in it, and loses none after it', async () => {
    const long = ['x'.repeat(maxRowBytes + 1), `"${'y\n'.repeat(maxRowBytes)}"`, ','.repeat(2e6)];
    for (const [at, middle] of long.entries()) {
      const text = [header, row('a'), middle, row('b')].join('\n');
      const rows = await rowsOf(text, 64 * 1024);
      expect(rows.map(({ line }) => line)).toEqual([2, 3, at === 1 ? maxRowBytes + 4 : 4]);
      expect(rows[1]?.problem).toContain(`at most ${maxRowBytes} bytes`);
      expect(rows[2]?.value).toMatchObject({ slug: 'b' });
    }
  });

  it('counts the cells of a row that has too many', async () => {
    const rows = await rowsOf([header, ','.repeat(499_999), row('b')].join('\n'), 64 * 1024);
    expect(rows).toMatchObject([{ line: 3, value: { slug: 'b' } }]);
    const many = await rowsOf([header, 'a,'.repeat(499_999), row('b')].join('\n'), 64 * 1024);
    expect(many[0]?.problem).toBe('500000 cells for 5 columns');
  });

  it.each([
    ['nothing', '', 'line 1: there is no row; the first names columns of slug,'],
    ['blank lines', '\n \n', 'line 1: there is no row'],
    ['no header', `\n${row('a')}\n`, 'line 2: unknown columns "a", "T", "en", "beginner"'],
    ['a column too many', `${header},colour`, 'line 1: unknown columns "colour"; the first'],
    ['one too few', 'title,slug', 'line 1: there is no column language, level, category; the'],
    ['one twice', `${header},title`, 'line 1: twice there is title'],
    ['semicolons', header.replaceAll(',', ';'), 'cells are separated by commas'],
    ['a million columns', 'c,'.repeat(1_000_000), 'at most 1048576 bytes, where the names'],
    ['half a million', 'c,'.repeat(499_999), 'and 499995 more'],
    ['NULs', '\0'.repeat(5000), 'line 1: unknown columns "\\u0000'],
    ['a quote in the header', 'sl"ug', 'line 1: a quote in a cell'],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0]), 'line 1: this is a gzip file: unpack it first'],
    ['a workbook', Buffer.from('PK\x03\x04…'), 'line 1: this is a zip archive or a workbook'],
    [
      'a quote that stays open',
      `${header}\n${row('a')}\n${row('b', '"T')}\n${row('c')}`,
      'line 3: a quote opens in this row that nothing closes',
    ],
  ])('says where reading ends and why: %s', async (_, text, problem) => {
    const said = await rowsOf(text, 64 * 1024).then(
      () => 'it was read',
      (error: Error & { line: number }) => `line ${error.line}: ${error.message}`,
    );
    expect(said).toContain(problem);
    expect(said.length).toBeLessThan(500);
  });

  it('names the rows about a quote too many and reads on', async () => {
    const text = [header, row('a', '"T'), row('b', '"T"'), row('c'), row('d', '"T"')].join('\n');
    const rows = await rowsOf(text);
    expect(rows.map(({ line, problem }) => [line, problem])).toEqual([
      [2, expect.stringContaining('(the row ends on line 3)')],
      [4, undefined],
      [5, undefined],
    ]);
  });
});
