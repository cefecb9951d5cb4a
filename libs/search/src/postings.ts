import { BytePool } from './byte-pool.js';
import { ByteWriter } from './bytes.js';
import type { FieldWeights } from './field-weights.js';
import type { Hits } from './hits.js';
import { chunkMost, none, PostingChunks } from './posting-chunks.js';
import { larger } from './term-dictionary.js';

/**
 * Per term the courses it stands in, ascending by ordinal, in chained chunks. A posting is the
 * distance from the one before (in a chunk, from its first ordinal) and its frequencies: a byte
 * below 8 is the one field it stands in once; otherwise 128 + a bit a field, and a byte each.
 */
export class Postings {
  private heads = new Int32Array(1 << 12).fill(none);
  private tails = new Int32Array(1 << 12).fill(none);
  private counts = new Uint32Array(1 << 12);
  private readonly chunks = new PostingChunks();
  private readonly pool = new BytePool();
  private readonly writer = new ByteWriter();

  /** How many courses the term stands in. */
  documentFrequency(term: number): number {
    return this.counts[term] ?? 0;
  }

  /** @param code frequencies, as `frequencyCode` makes them; the course must not be there yet */
  add(term: number, ordinal: number, code: Uint8Array): void {
    this.makeRoom(term);
    this.counts[term] = (this.counts[term] ?? 0) + 1;
    const tail = this.tails[term] ?? none;
    if (tail === none) this.heads[term] = this.tails[term] = this.chunks.make(this.pool, ordinal);
    const last = this.tails[term] ?? none;
    if (tail === none || ordinal > (this.chunks.last[tail] ?? 0))
      this.append(term, last, ordinal, code);
    else this.rewrite(term, ordinal, code);
  }

  /** The course must be there. */
  remove(term: number, ordinal: number): void {
    this.counts[term] = (this.counts[term] ?? 0) - 1;
    this.rewrite(term, ordinal);
  }

  /** Fills `hits` with the courses of the term and how much it weighs in those of its `fields`, a bit each. */
  load(term: number, weights: FieldWeights, fields: number, hits: Hits): void {
    hits.clear(this.documentFrequency(term));
    const take = (ordinal: number, slab: Uint8Array, at: number) => {
      const weight = weights.of(ordinal, slab, at, fields);
      if (weight > 0) hits.add(ordinal, weight);
    };
    for (
      let chunk = this.heads[term] ?? none;
      chunk !== none;
      chunk = this.chunks.next[chunk] ?? none
    )
      this.eachOf(chunk, take);
  }

  private eachOf(chunk: number, take: (ordinal: number, slab: Uint8Array, at: number) => void) {
    const address = this.chunks.address[chunk] ?? 0;
    const slab = this.pool.slab(address);
    let at = BytePool.offset(address);
    const end = at + (this.chunks.used[chunk] ?? 0);
    let ordinal = this.chunks.first[chunk] ?? 0;
    while (at < end) {
      let byte = slab[at++] ?? 0;
      let distance = byte & 127;
      for (let shift = 7; byte > 127; shift += 7) {
        byte = slab[at++] ?? 0;
        distance |= (byte & 127) << shift;
      }
      ordinal += distance;
      take(ordinal, slab, at);
      at += codeLength(slab, at);
    }
  }

  private append(term: number, chunk: number, ordinal: number, code: Uint8Array): void {
    const { writer, chunks } = this;
    const used = chunks.used[chunk] ?? 0;
    writer.clear();
    writer.varint(ordinal - (used > 0 ? (chunks.last[chunk] ?? 0) : (chunks.first[chunk] ?? 0)));
    writer.append(code);
    if (used + writer.length > chunkMost) {
      const made = chunks.make(this.pool, ordinal);
      chunks.next[chunk] = made;
      this.tails[term] = made;
      this.append(term, made, ordinal, code);
      return;
    }
    chunks.append(this.pool, chunk, writer.written(), ordinal);
  }

  /** Takes a course out of the chunk it belongs to, or puts it in where a code is given. */
  private rewrite(term: number, ordinal: number, code?: Uint8Array): void {
    let before = none;
    let chunk = this.heads[term] ?? none;
    while ((this.chunks.last[chunk] ?? 0) < ordinal) {
      before = chunk;
      chunk = this.chunks.next[chunk] ?? none;
    }
    const kept: [number, Uint8Array][] = [];
    let put = code === undefined;
    this.eachOf(chunk, (held, slab, at) => {
      if (!put && code && held > ordinal) {
        kept.push([ordinal, code]);
        put = true;
      }
      if (held !== ordinal) kept.push([held, slab.slice(at, at + codeLength(slab, at))]);
    });
    this.replace(term, before, chunk, kept);
  }

  private replace(term: number, before: number, chunk: number, kept: [number, Uint8Array][]): void {
    const { chunks } = this;
    const after = chunks.next[chunk] ?? none;
    chunks.release(this.pool, chunk);
    let last = before;
    const link = (to: number) => {
      if (last === none) this.heads[term] = to;
      else chunks.next[last] = to;
    };
    let open = none;
    for (const [ordinal, code] of kept) {
      if (open === none || (chunks.used[open] ?? 0) > chunkMost - 64) {
        open = chunks.make(this.pool, ordinal);
        link(open);
        last = open;
      }
      const { writer } = this;
      writer.clear();
      const used = chunks.used[open] ?? 0;
      writer.varint(ordinal - (used > 0 ? (chunks.last[open] ?? 0) : ordinal));
      writer.append(code);
      chunks.append(this.pool, open, writer.written(), ordinal);
    }
    link(after);
    if (after === none) this.tails[term] = last;
  }

  private makeRoom(term: number): void {
    const before = this.heads.length;
    if (term < before) return;
    this.heads = larger(this.heads, term + 1).fill(none, before);
    this.tails = larger(this.tails, term + 1).fill(none, before);
    this.counts = larger(this.counts, term + 1);
  }
}

export function codeLength(slab: Uint8Array, at: number): number {
  const code = slab[at] ?? 0;
  if (code < 8) return 1;
  let bits = code & 63;
  let length = 1;
  for (; bits > 0; bits &= bits - 1) length += 1;
  return length;
}
