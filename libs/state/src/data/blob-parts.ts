import { createHash, type Hash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';

/** Bytes dealt with in one turn of the event loop: a few milliseconds of hashing. */
const partBytes = 1 << 20;

/** SHA-256 in hex. Others have their turn after every part. */
export async function hashOfBlob(blob: Uint8Array): Promise<string> {
  const hash = createHash('sha256');
  for (let at = 0; at < blob.length; at += partBytes) {
    hash.update(blob.subarray(at, at + partBytes));
    await turn();
  }
  return hash.digest('hex');
}

/** A blob put together of its parts as they come, hashed on the way. */
export class BlobParts {
  private readonly bytes: Uint8Array;
  private readonly hash: Hash = createHash('sha256');
  /** Bytes so far. */
  length = 0;

  constructor(private readonly size: number) {
    // Another thread can read it without a copy.
    this.bytes = new Uint8Array(new SharedArrayBuffer(size));
  }

  /** @param part at most a few megabytes; false where it is more than belongs there */
  async add(part: Uint8Array): Promise<boolean> {
    if (this.length + part.length > this.size) return false;
    this.bytes.set(part, this.length);
    this.length += part.length;
    this.hash.update(part);
    await turn();
    return true;
  }

  /** Whole, and with this hash; else null. */
  finished(sha256: string): Uint8Array | null {
    const whole = this.length === this.size && this.hash.digest('hex') === sha256;
    return whole ? this.bytes : null;
  }
}
