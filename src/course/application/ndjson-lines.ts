import { isUtf8 } from 'node:buffer';
import { type ImportLine, maxRowBytes, tooLong } from './import-lines.js';

const newline = 0x0a;

/** Rows of newline-delimited JSON; blank lines are none. A line too long is passed over, not kept. */
export async function* ndjsonLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<ImportLine> {
  let line = 1;
  let parts: Uint8Array[] = [];
  let size = 0;
  const add = (part: Uint8Array): void => {
    size += part.length;
    if (size <= maxRowBytes) parts.push(part);
    else parts = [];
  };
  const finish = (): ImportLine | undefined => {
    const row = rowOf(line, parts, size);
    line += 1;
    parts = [];
    size = 0;
    return row;
  };
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      add(chunk.subarray(start, end));
      start = end + 1;
      const row = finish();
      if (row) yield row;
    }
    add(chunk.subarray(start));
  }
  const row = finish();
  if (row) yield row;
}

function rowOf(line: number, parts: readonly Uint8Array[], size: number): ImportLine | undefined {
  if (size > maxRowBytes) return { line, problem: tooLong };
  const bytes = Buffer.concat(parts);
  if (!isUtf8(bytes)) return { line, problem: 'not UTF-8' };
  const text = bytes.toString().replace(/^\ufeff/, '');
  if (text.trim() === '') return undefined;
  try {
    return { line, value: JSON.parse(text) as unknown };
  } catch {
    return { line, problem: 'not JSON' };
  }
}
