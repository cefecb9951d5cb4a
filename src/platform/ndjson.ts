import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

export interface NdjsonRow {
  /** From 1. */
  line: number;
  /** Undefined where the line is no JSON. */
  value: unknown;
}

/** The lines of a stream of UTF-8 that are not blank. */
export async function* ndjsonRows(source: AsyncIterable<Uint8Array>): AsyncGenerator<NdjsonRow> {
  let line = 0;
  for await (const text of createInterface({ input: Readable.from(source), crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() === '') continue;
    yield { line, value: parsed(text) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
