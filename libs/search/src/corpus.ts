import { BytePool } from './byte-pool.js';
import { type ByteReader, ByteWriter } from './bytes.js';
import { allFields, FieldWeights, fieldCount } from './field-weights.js';
import type { Hits } from './hits.js';
import { eachPlace, Occurrences } from './occurrences.js';
import { Postings } from './postings.js';
import { readDocument } from './search-document.js';
import { TermDictionary, TermKind, larger } from './term-dictionary.js';

const nothing = new Uint8Array(0);

/** The terms of all courses, both ways: of a term the courses, and of a course the terms in order. */
export class Corpus {
  readonly dictionary = new TermDictionary();
  readonly weights = new FieldWeights();
  private readonly postings = new Postings();
  private readonly pool = new BytePool();
  private addresses = new Uint32Array(1 << 10);
  private sizes = new Uint32Array(1 << 10);
  private readonly writer = new ByteWriter();
  private readonly before = new Occurrences();
  private readonly after = new Occurrences();

  /** @param seen called with each new term */
  constructor(private readonly seen: (term: number) => void) {}

  documentFrequency(term: number): number {
    return term < 0 ? 0 : this.postings.documentFrequency(term);
  }

  load(term: number, fields: number, hits: Hits): void {
    this.postings.load(term, this.weights, fields, hits);
  }

  /** New, or in place of what the course had. @throws RangeError where the document is of another version or cut short */
  put(ordinal: number, document: Uint8Array): void {
    const places = this.readPlaces(document);
    this.before.read(this.placesOf(ordinal), this.pair);
    this.after.read(places, this.pair);
    this.change(ordinal);
    if (!this.known(ordinal)) this.weights.documents += 1;
    this.keep(ordinal, places);
    this.weights.set(ordinal, this.after.lengths);
  }

  remove(ordinal: number): void {
    this.before.read(this.placesOf(ordinal), this.pair);
    this.after.read(nothing, this.pair);
    this.change(ordinal);
    this.weights.documents -= 1;
    this.keep(ordinal, nothing);
    this.weights.set(ordinal, this.after.lengths);
  }

  /** Whether the terms (words and characters, no pairs) follow one another in one of the fields. */
  contains(ordinal: number, sequence: readonly number[], fields = allFields): boolean {
    let held = 0;
    let found = false;
    let inField = -1;
    // Where it stops matching, one term back may be where it starts: sequences that repeat are rare and short.
    eachPlace(this.placesOf(ordinal), (field, term, flags) => {
      if (found || (flags & 1) === 1 || ((fields >> field) & 1) === 0) return;
      if (field !== inField || (flags & 2) === 2) held = 0;
      inField = field;
      if (sequence[held] === term) held += 1;
      else held = sequence[0] === term ? 1 : 0;
      found = held === sequence.length;
    });
    return found;
  }

  /** Whether a field begins with these terms, and whether it is nothing else. */
  begins(
    ordinal: number,
    wanted: number,
    sequence: readonly number[],
  ): { begins: boolean; whole: boolean } {
    let at = 0;
    let right = true;
    eachPlace(this.placesOf(ordinal), (field, term, flags) => {
      if (field !== wanted || (flags & 1) === 1) return;
      if (at < sequence.length) right &&= sequence[at] === term;
      at += 1;
    });
    const begins = right && at >= sequence.length && sequence.length > 0;
    return { begins, whole: begins && at === sequence.length };
  }

  private known(ordinal: number): boolean {
    return (this.sizes[ordinal] ?? 0) > 0;
  }

  private placesOf(ordinal: number): Uint8Array {
    const size = this.sizes[ordinal] ?? 0;
    const address = this.addresses[ordinal] ?? 0;
    const start = BytePool.offset(address);
    return size === 0 ? nothing : this.pool.slab(address).subarray(start, start + size);
  }

  /** The document's places with this corpus' numbers for its terms. */
  private readPlaces(document: Uint8Array): Uint8Array {
    const reader = readDocument(document);
    const numbers = Array.from({ length: reader.varint() }, () => this.numberOf(reader));
    const { writer } = this;
    writer.clear();
    for (let field = 0; field < fieldCount; field += 1) {
      const count = reader.varint();
      writer.varint(count);
      for (let place = 0; place < count; place += 1) {
        const coded = reader.varint();
        writer.varint((numbers[coded >>> 2] ?? 0) * 4 + (coded & 3));
      }
    }
    return writer.written();
  }

  private numberOf(reader: ByteReader): number {
    return this.add(reader.take(reader.varint()));
  }

  private add(bytes: Uint8Array, kind?: TermKind): number {
    const before = this.dictionary.size;
    const term = this.dictionary.add(bytes, kind);
    if (term === before) this.seen(term);
    return term;
  }

  private readonly both = new Uint8Array(16);

  /** The pair of two characters; -1 where one of them is none. */
  private readonly pair = (one: number, other: number): number => {
    const { dictionary, both } = this;
    if (dictionary.kind(one) !== TermKind.character) return -1;
    if (dictionary.kind(other) !== TermKind.character) return -1;
    const [left, right] = [dictionary.bytesOf(one), dictionary.bytesOf(other)];
    both.set(left);
    both.set(right, left.length);
    return this.add(both.subarray(0, left.length + right.length), TermKind.pair);
  };

  private keep(ordinal: number, places: Uint8Array): void {
    if (ordinal >= this.addresses.length) {
      this.addresses = larger(this.addresses, ordinal + 1);
      this.sizes = larger(this.sizes, ordinal + 1);
    }
    const held = BytePool.capacity(this.sizes[ordinal] ?? 0);
    const wanted = BytePool.capacity(places.length);
    const had = this.known(ordinal);
    if (had && (held !== wanted || places.length === 0))
      this.pool.release(this.addresses[ordinal] ?? 0, held);
    if (places.length > 0 && (!had || held !== wanted))
      this.addresses[ordinal] = this.pool.allocate(wanted);
    if (places.length > 0) this.pool.write(this.addresses[ordinal] ?? 0, places);
    this.sizes[ordinal] = places.length;
  }

  /** From `before` to `after`. Only postings that differ are touched: most changes of a course leave most of its terms. */
  private change(ordinal: number): void {
    const { before, after } = this;
    let [old, made] = [0, 0];
    while (old < before.count || made < after.count) {
      const [left, right] = [before.termAt(old), after.termAt(made)];
      const [oldEnd, madeEnd] = [before.endOf(old), after.endOf(made)];
      if (left > right) this.postings.add(right, ordinal, after.code(made, madeEnd));
      else if (left < right) this.postings.remove(left, ordinal);
      else if (!before.same(old, oldEnd, after, made, madeEnd)) {
        this.postings.remove(left, ordinal);
        this.postings.add(right, ordinal, after.code(made, madeEnd));
      }
      if (left <= right) old = oldEnd;
      if (right <= left) made = madeEnd;
    }
  }
}
