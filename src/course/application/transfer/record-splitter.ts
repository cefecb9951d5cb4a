import { isUtf8 } from 'node:buffer';
import { maxRowBytes, Unreadable } from './import-row.js';
import type { TextSource } from './text-source.js';

/** One row as it stands, without the end of its line; or why there is none. */
export interface RawRow {
  line: number;
  /** The line it ends on. */
  lastLine: number;
  text: string;
  problem?: string;
}

const cr = 0x0d;
const lf = 0x0a;
const quote = 0x22;
const comma = 0x2c;

enum At {
  /** the start of a cell, where a quote opens */
  Cell,
  /** within a cell that is not quoted, where a quote is only a character */
  Plain,
  Quoted,
  /** after a quote in a quoted cell: its end, or the first half of a quote */
  Quote,
}

/**
 * Cuts a text into rows at the ends of lines; CSV (RFC 4180) at those that are not in quotes, where a
 * lone CR ends a line too. A row too long is passed over, not kept: memory does not grow with the text.
 */
export class RecordSplitter {
  private parts: Uint8Array[] = [];
  private size = 0;
  private state = At.Cell;
  private line = 1;
  private begunOn = 1;
  private afterCr = false;
  private readonly ready: RawRow[] = [];

  constructor(
    private readonly source: TextSource,
    private readonly quotes: boolean,
  ) {}

  /** @throws Unreadable where the last row has a quote that nothing closes */
  async *rows(): AsyncGenerator<RawRow> {
    for await (const chunk of this.source.utf8()) {
      if (this.quotes) this.scanCells(chunk);
      else this.scanLines(chunk);
      yield* this.ready.splice(0);
    }
    if (this.state === At.Quoted)
      throw new Unreadable(this.begunOn, 'a quote opens in this row that nothing closes');
    this.finish();
    yield* this.ready;
  }

  private scanLines(chunk: Uint8Array): void {
    let from = 0;
    for (let end = chunk.indexOf(lf); end !== -1; end = chunk.indexOf(lf, from)) {
      this.keep(chunk.subarray(from, end));
      this.finish();
      this.nextLine();
      from = end + 1;
    }
    this.keep(chunk.subarray(from));
  }

  private scanCells(chunk: Uint8Array): void {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (this.afterCr) {
        this.afterCr = false;
        this.nextLine();
        if (byte === lf) {
          from = at + 1;
          continue;
        }
      }
      if (this.state === At.Quoted) {
        if (byte === quote) this.state = At.Quote;
        else if (byte === lf) this.line += 1;
      } else if (byte === quote) {
        if (this.state !== At.Plain) this.state = At.Quoted;
      } else if (byte === comma) {
        this.state = At.Cell;
      } else if (byte === lf || byte === cr) {
        this.keep(chunk.subarray(from, at));
        this.finish();
        if (byte === lf) this.nextLine();
        else this.afterCr = true;
        from = at + 1;
        this.state = At.Cell;
      } else {
        this.state = At.Plain;
      }
    }
    this.keep(chunk.subarray(from));
  }

  private nextLine(): void {
    this.line += 1;
    this.begunOn = this.line;
  }

  private keep(part: Uint8Array): void {
    this.size += part.length;
    if (this.size > maxRowBytes) this.parts = [];
    else if (part.length > 0) this.parts.push(part);
  }

  private finish(): void {
    const { parts, size, begunOn: line, line: lastLine } = this;
    this.parts = [];
    this.size = 0;
    const row = { line, lastLine, text: '' };
    if (size > maxRowBytes) {
      this.ready.push({ ...row, problem: `a row has at most ${maxRowBytes} bytes` });
      return;
    }
    const bytes = Buffer.concat(parts);
    const { encoding = 'utf-8' } = this.source;
    const text = bytes.toString();
    const whole = encoding === 'utf-8' ? isUtf8(bytes) : !text.includes('\ufffd');
    this.ready.push(
      whole ? { ...row, text } : { ...row, problem: `not ${encoding.toUpperCase()}` },
    );
  }
}
