/** Bytes that grow as they are written. */
export class ByteWriter {
  bytes = new Uint8Array(256);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  byte(value: number): void {
    if (this.length === this.bytes.length) this.grow(1);
    this.bytes[this.length++] = value;
  }

  /** An unsigned integer below 2³², seven bits a byte, the low ones first. */
  varint(value: number): void {
    while (value > 127) {
      this.byte((value & 127) | 128);
      value >>>= 7;
    }
    this.byte(value);
  }

  append(bytes: Uint8Array): void {
    if (this.length + bytes.length > this.bytes.length) this.grow(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Its length in UTF-8, then the text, which is well-formed. */
  text(text: string): void {
    let length = text.length;
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      // A surrogate is half of four bytes.
      if (unit > 0x7f) length += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
    }
    this.varint(length);
    for (const character of text) this.utf8(character.codePointAt(0) ?? 0);
  }

  private utf8(code: number): void {
    if (code < 0x80) return this.byte(code);
    if (code < 0x800) this.byte(0xc0 | (code >> 6));
    else {
      if (code < 0x10000) this.byte(0xe0 | (code >> 12));
      else {
        this.byte(0xf0 | (code >> 18));
        this.byte(0x80 | ((code >> 12) & 63));
      }
      this.byte(0x80 | ((code >> 6) & 63));
    }
    this.byte(0x80 | (code & 63));
  }

  /** A view of what was written, good until the next write. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  private grow(more: number): void {
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    larger.set(this.written());
    this.bytes = larger;
  }
}

export class ByteReader {
  at = 0;

  constructor(readonly bytes: Uint8Array) {}

  /** @throws RangeError at the end of the bytes */
  varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new RangeError('search document is cut short');
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
  }

  take(length: number): Uint8Array {
    const end = this.at + length;
    if (end > this.bytes.length) throw new RangeError('search document is cut short');
    const taken = this.bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }
}
