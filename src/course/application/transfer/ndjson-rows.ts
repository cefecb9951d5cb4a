import type { ImportRow } from './import-row.js';
import type { RawRow } from './record-splitter.js';

/** Rows of newline-delimited JSON; blank lines are none. */
export async function* ndjsonRows(rows: AsyncIterable<RawRow>): AsyncGenerator<ImportRow> {
  for await (const { line, text, problem } of rows) {
    const row = { line, size: text.length };
    if (problem !== undefined) yield { ...row, problem };
    else if (text.trim() !== '') yield { ...row, ...parsed(text) };
  }
}

function parsed(text: string): Pick<ImportRow, 'value' | 'problem'> {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { problem: 'not JSON' };
  }
}
