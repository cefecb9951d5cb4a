import { fieldNames } from './search-document.js';
import { larger } from './term-dictionary.js';

export const fieldCount = fieldNames.length;

const long = new Set<string>(['summary', 'description']);

/** A bit a field, as all below have them. */
export const allFields = (1 << fieldCount) - 1;
/** What names a course, not what is said of it. */
export const namingFields = fieldNames.reduce(
  (bits, name, at) => (long.has(name) ? bits : bits | (1 << at)),
  0,
);

/** How much a term in title, tags, instructor, category, summary and description counts. */
const weights = [6, 4, 4, 2.5, 2, 1];
/** How far the length of each tells against it. */
const lengthTells = [0.4, 0.3, 0.3, 0.3, 0.6, 0.75];

/** Lengths whose weight is worked out once. */
const tabled = 256;

/**
 * Lengths of the fields of each course, and what a term's frequencies weigh by them: BM25F's
 * Σ weight · tf / (1 − b + b · length / average). (Robertson and Zaragoza, 2009.) Only whole numbers
 * are kept, so that it makes no difference how a corpus came about.
 */
export class FieldWeights {
  documents = 0;
  private lengths = new Uint16Array(1 << 12);
  private readonly totals = new Float64Array(fieldCount);
  private readonly table = new Float64Array(fieldCount * tabled);
  private stale = true;

  set(ordinal: number, lengths: ArrayLike<number>): void {
    const start = ordinal * fieldCount;
    if (start + fieldCount > this.lengths.length)
      this.lengths = larger(this.lengths, start + fieldCount);
    this.count(ordinal, -1);
    this.lengths.set(lengths, start);
    this.count(ordinal, 1);
  }

  /** To be called before weights are asked for. */
  prepare(): void {
    if (!this.stale) return;
    for (let field = 0; field < fieldCount; field += 1)
      for (let length = 0; length < tabled; length += 1)
        this.table[field * tabled + length] = this.weigh(field, length);
    this.stale = false;
  }

  lengthOf(ordinal: number, field: number): number {
    return this.lengths[ordinal * fieldCount + field] ?? 0;
  }

  /** What the frequencies coded at `at` weigh, of the fields that are bits of `fields`. */
  of(ordinal: number, slab: Uint8Array, at: number, fields: number): number {
    const code = slab[at] ?? 0;
    if (code < 8) return (fields >> code) & 1 ? this.one(ordinal, code) : 0;
    let sum = 0;
    let next = at + 1;
    for (let field = 0; field < fieldCount; field += 1) {
      if (((code >> field) & 1) === 0) continue;
      const frequency = slab[next++] ?? 0;
      if ((fields >> field) & 1) sum += frequency * this.one(ordinal, field);
    }
    return sum;
  }

  private one(ordinal: number, field: number): number {
    const length = this.lengths[ordinal * fieldCount + field] ?? 0;
    return length < tabled ? (this.table[field * tabled + length] ?? 0) : this.weigh(field, length);
  }

  private weigh(field: number, length: number): number {
    const average = Math.max(1, (this.totals[field] ?? 0) / Math.max(1, this.documents));
    const b = lengthTells[field] ?? 0;
    return (weights[field] ?? 0) / (1 - b + (b * length) / average);
  }

  private count(ordinal: number, sign: number): void {
    for (let field = 0; field < fieldCount; field += 1)
      this.totals[field] = (this.totals[field] ?? 0) + sign * this.lengthOf(ordinal, field);
    this.stale = true;
  }
}
