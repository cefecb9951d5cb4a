import { ByteReader } from './bytes.js';
import { fieldCount } from './field-weights.js';
import { larger } from './term-dictionary.js';

const longestField = 0xffff;
/** Above every term. */
const end = 0x20000000;

/** Each place of a course's terms, field after field: flags are 1 for an alias, 2 where it stands apart. */
export function eachPlace(
  places: Uint8Array,
  take: (field: number, term: number, flags: number) => void,
): void {
  if (places.length === 0) return;
  const reader = new ByteReader(places);
  for (let field = 0; field < fieldCount; field += 1)
    for (let count = reader.varint(); count > 0; count -= 1) {
      const coded = reader.varint();
      take(field, coded >>> 2, coded & 3);
    }
}

/** How often each term and each pair of characters stands in each field of a course, by term. */
export class Occurrences {
  count = 0;
  readonly lengths = new Uint16Array(fieldCount);
  /** Sorted: term · 8 + field. */
  private keys = new Uint32Array(1 << 10);
  private readonly codes = Array.from({ length: fieldCount + 2 }, (_, n) => new Uint8Array(n));
  private readonly frequencies = new Uint8Array(fieldCount);

  /** @param pair the pair of two neighbours, -1 where they make none */
  read(places: Uint8Array, pair: (one: number, other: number) => number): void {
    this.count = 0;
    this.lengths.fill(0);
    let before = -1;
    let inField = -1;
    eachPlace(places, (field, term, flags) => {
      this.add(term, field);
      if ((flags & 1) === 1) return;
      this.lengths[field] = Math.min(longestField, (this.lengths[field] ?? 0) + 1);
      const two = field === inField && (flags & 2) === 0 ? pair(before, term) : -1;
      if (two >= 0) this.add(two, field);
      before = term;
      inField = field;
    });
    this.keys.subarray(0, this.count).sort();
  }

  termAt(at: number): number {
    return at < this.count ? (this.keys[at] ?? 0) >>> 3 : end;
  }

  /** Where the next term begins. */
  endOf(start: number): number {
    const term = this.termAt(start);
    let at = start;
    while (at < this.count && this.termAt(at) === term) at += 1;
    return at;
  }

  /** Whether a term stands in the same fields as often. */
  same(start: number, end: number, other: Occurrences, from: number, to: number): boolean {
    if (end - start !== to - from) return false;
    for (let at = start; at < end; at += 1)
      if (this.keys[at] !== other.keys[from + at - start]) return false;
    return true;
  }

  /** Its frequencies, coded as Postings has them; good until the next. */
  code(start: number, end: number): Uint8Array {
    if (end - start === 1) {
      const single = this.codes[1] as Uint8Array;
      single[0] = (this.keys[start] ?? 0) & 7;
      return single;
    }
    this.frequencies.fill(0);
    for (let at = start; at < end; at += 1) {
      const field = (this.keys[at] ?? 0) & 7;
      this.frequencies[field] = Math.min(255, (this.frequencies[field] ?? 0) + 1);
    }
    let mask = 128;
    for (let field = 0; field < fieldCount; field += 1)
      if (this.frequencies[field]) mask |= 1 << field;
    const coded = [mask, ...this.frequencies.filter((frequency) => frequency > 0)];
    const code = this.codes[coded.length] as Uint8Array;
    code.set(coded);
    return code;
  }

  private add(term: number, field: number): void {
    if (this.count === this.keys.length) this.keys = larger(this.keys, this.count + 1);
    this.keys[this.count] = term * 8 + field;
    this.count += 1;
  }
}
