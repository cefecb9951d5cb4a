const newline = 0x0a;

/** What is read is not text. */
export class NotUtf8 extends Error {
  constructor(readonly line: number) {
    super('not UTF-8');
  }
}

/** Tells lines from byte offsets of a stream that passes by. Asked in rising order, it forgets what it was asked. */
export class LineIndex {
  private readonly newlines: number[] = [];
  private passed = 0;
  private length = 0;

  /** The same bytes. @throws NotUtf8 at the first that are no text */
  async *tap(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const check = (part: Uint8Array): void => {
      try {
        decoder.decode(part, { stream: true });
      } catch {
        throw new NotUtf8(this.passed + this.newlines.length + 1);
      }
    };
    for await (const chunk of source) {
      let from = 0;
      for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
        check(chunk.subarray(from, at + 1));
        this.newlines.push(this.length + at);
        from = at + 1;
      }
      check(chunk.subarray(from));
      this.length += chunk.length;
      yield chunk;
    }
  }

  /** The line on which a row begins that ends before byte `end` and reads `raw`; blank lines before it are none of it. */
  startOf(end: number, raw: string): number {
    let last = -1;
    while (this.newlines[0] !== undefined && this.newlines[0] < end) {
      last = this.newlines.shift() ?? last;
      this.passed += 1;
    }
    const endLine = last === end - 1 ? this.passed : this.passed + 1;
    return endLine - (raw.trim().match(/\n/g)?.length ?? 0);
  }
}
