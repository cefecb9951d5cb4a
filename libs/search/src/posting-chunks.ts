import { BytePool } from './byte-pool.js';
import { larger } from './term-dictionary.js';

/** A chunk with more is split: what one change has to rewrite stays small. */
export const chunkMost = 1024;
export const none = -1;

/** Columns of chunks; those given back are used again. */
export class PostingChunks {
  address = new Uint32Array(1 << 12);
  used = new Uint16Array(1 << 12);
  capacity = new Uint16Array(1 << 12);
  first = new Uint32Array(1 << 12);
  last = new Uint32Array(1 << 12);
  next = new Int32Array(1 << 12);
  private count = 0;
  private readonly free: number[] = [];

  make(pool: BytePool, first: number): number {
    const chunk = this.free.pop() ?? this.count++;
    if (chunk >= this.address.length) this.grow();
    const capacity = BytePool.capacity(1);
    this.address[chunk] = pool.allocate(capacity);
    this.capacity[chunk] = capacity;
    this.used[chunk] = 0;
    this.first[chunk] = this.last[chunk] = first;
    this.next[chunk] = none;
    return chunk;
  }

  release(pool: BytePool, chunk: number): void {
    pool.release(this.address[chunk] ?? 0, this.capacity[chunk] ?? 0);
    this.free.push(chunk);
  }

  append(pool: BytePool, chunk: number, bytes: Uint8Array, ordinal: number): void {
    const used = this.used[chunk] ?? 0;
    if (used + bytes.length > (this.capacity[chunk] ?? 0))
      this.widen(pool, chunk, used + bytes.length);
    pool.write((this.address[chunk] ?? 0) + used, bytes);
    this.used[chunk] = used + bytes.length;
    this.last[chunk] = ordinal;
  }

  private widen(pool: BytePool, chunk: number, wanted: number): void {
    const capacity = BytePool.capacity(Math.min(Math.max(wanted, wanted * 1.25), chunkMost + 64));
    const from = this.address[chunk] ?? 0;
    const to = pool.allocate(capacity);
    const start = BytePool.offset(from);
    pool.write(to, pool.slab(from).subarray(start, start + (this.used[chunk] ?? 0)));
    pool.release(from, this.capacity[chunk] ?? 0);
    this.address[chunk] = to;
    this.capacity[chunk] = capacity;
  }

  private grow(): void {
    const length = this.address.length + 1;
    this.address = larger(this.address, length);
    this.used = larger(this.used, length);
    this.capacity = larger(this.capacity, length);
    this.first = larger(this.first, length);
    this.last = larger(this.last, length);
    this.next = larger(this.next, length);
  }
}
