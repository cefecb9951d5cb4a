import type { Corpus } from './corpus.js';
import { editDistance, typosIn } from './edit-distance.js';
import { PinyinIndex } from './pinyin-index.js';
import { stem } from './stem.js';
import { TermKind, type TermDictionary, larger } from './term-dictionary.js';
import { partMark } from './word-terms.js';

/** A word near the one that was typed. */
export interface Near {
  term: number;
  edits: number;
}

const encoder = new TextEncoder();
const manyWords = 64;
const nearMost = 12;

/** What is known of the words of a corpus, so that the one that was meant is found by the one typed. */
export class Lexicon {
  readonly pinyin: PinyinIndex;
  /** Words in the order of their UTF-8 bytes. */
  private sorted = new Int32Array(0);
  /** Words that came since. */
  private unsorted: number[] = [];
  /** Per term, which letters it has: a bit each. */
  private letters = new Uint32Array(1 << 12);

  constructor(private readonly corpus: Corpus) {
    this.pinyin = new PinyinIndex(corpus);
  }

  private get dictionary(): TermDictionary {
    return this.corpus.dictionary;
  }

  add(term: number): void {
    if (this.dictionary.kind(term) !== TermKind.word) {
      this.pinyin.add(term);
      return;
    }
    const bytes = this.dictionary.bytesOf(term);
    if (bytes.at(-1) === partMark.charCodeAt(0)) return;
    if (term >= this.letters.length) this.letters = larger(this.letters, term + 1);
    this.letters[term] = lettersOf(bytes);
    this.unsorted.push(term);
  }

  /** Words in use that begin so, itself left out; the most frequent first. */
  withPrefix(prefix: string): number[] {
    const bytes = encoder.encode(prefix);
    const found: number[] = [];
    const sorted = this.inOrder();
    for (let at = this.lowerBound(bytes); at < sorted.length; at += 1) {
      const term = sorted[at] ?? 0;
      const word = this.dictionary.bytesOf(term);
      if (!startsWith(word, bytes)) break;
      if (word.length > bytes.length && this.corpus.documentFrequency(term) > 0) found.push(term);
    }
    return this.frequentFirst(found).slice(0, manyWords);
  }

  /** Other words of its stem. */
  withStem(word: string): number[] {
    const base = stem(word);
    if (base.length < 2) return [];
    const bytes = encoder.encode(base.replace(/y$/, ''));
    const found: number[] = [];
    const sorted = this.inOrder();
    for (let at = this.lowerBound(bytes); at < sorted.length; at += 1) {
      const term = sorted[at] ?? 0;
      if (!startsWith(this.dictionary.bytesOf(term), bytes)) break;
      if (this.corpus.documentFrequency(term) === 0) continue;
      const text = this.dictionary.text(term);
      if (text !== word && stem(text) === base) found.push(term);
    }
    return this.frequentFirst(found).slice(0, manyWords);
  }

  /** Words a typing mistake or two away, the nearest first. @param prefix away from beginning so */
  near(word: string, prefix: boolean): Near[] {
    const bytes = encoder.encode(word);
    const ascii = bytes.length === word.length;
    const typed = codePoints(word);
    const most = typosIn(typed.length);
    if (most === 0) return [];
    const mine = lettersOf(bytes);
    const found: Near[] = [];
    for (const term of this.inOrder()) {
      const theirs = this.letters[term] ?? 0;
      // Each edit takes away one letter and brings another at the most.
      if (bitsIn(mine & ~theirs) > most || (!prefix && bitsIn(theirs & ~mine) > most)) continue;
      if (this.corpus.documentFrequency(term) === 0) continue;
      const held = this.dictionary.bytesOf(term);
      const other = ascii && isAscii(held) ? held : codePoints(this.dictionary.text(term));
      // A letter in the wrong place takes two edits, and is one mistake: phyton.
      const moved = !prefix && mine === theirs && typed.length === other.length ? 1 : 0;
      const edits = editDistance(typed, other, most + moved, prefix);
      if (edits > 0 && edits <= most + moved) found.push({ term, edits: Math.min(edits, 2) });
    }
    const rank = new Map(this.frequentFirst(found.map(({ term }) => term)).map((t, at) => [t, at]));
    const first = bytes[0];
    const begins = ({ term }: Near) => (this.dictionary.bytesOf(term)[0] === first ? 0 : 1);
    return found
      .sort(
        (one, other) =>
          one.edits - other.edits ||
          begins(one) - begins(other) ||
          (rank.get(one.term) ?? 0) - (rank.get(other.term) ?? 0),
      )
      .slice(0, nearMost);
  }

  /** Two words in use that were typed as one. */
  split(word: string): [number, number] | undefined {
    const ways: [number, number][] = [];
    for (let at = 2; at <= word.length - 2; at += 1) {
      const pair: [number, number] = [
        this.dictionary.find(word.slice(0, at)),
        this.dictionary.find(word.slice(at)),
      ];
      if (pair.every((term) => this.corpus.documentFrequency(term) > 0)) ways.push(pair);
    }
    const rarer = (pair: [number, number]) =>
      Math.min(...pair.map((term) => this.corpus.documentFrequency(term)));
    return ways.sort((one, other) => rarer(other) - rarer(one))[0];
  }

  /** Most courses first, then by the word: the same on every replica, whatever the order they came in. */
  frequentFirst(terms: number[]): number[] {
    const frequency = (term: number) => this.corpus.documentFrequency(term);
    return terms.sort(
      (one, other) => frequency(other) - frequency(one) || this.compare(one, other),
    );
  }

  private compare(one: number, other: number): number {
    return compareBytes(this.dictionary.bytesOf(one), this.dictionary.bytesOf(other));
  }

  private lowerBound(bytes: Uint8Array): number {
    let [low, high] = [0, this.inOrder().length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const word = this.dictionary.bytesOf(this.sorted[middle] ?? 0);
      if (compareBytes(word, bytes) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private inOrder(): Int32Array {
    if (this.unsorted.length === 0) return this.sorted;
    const added = this.unsorted.sort((one, other) => this.compare(one, other));
    const merged = new Int32Array(this.sorted.length + added.length);
    let [from, at] = [0, 0];
    for (const term of added) {
      while (from < this.sorted.length && this.compare(this.sorted[from] ?? 0, term) < 0)
        merged[at++] = this.sorted[from++] ?? 0;
      merged[at++] = term;
    }
    merged.set(this.sorted.subarray(from), at);
    this.sorted = merged;
    this.unsorted = [];
    return merged;
  }
}

const codePoints = (word: string): Uint32Array =>
  Uint32Array.from(word, (character) => character.codePointAt(0) ?? 0);

/** Bits for a to z; others share the rest. */
function lettersOf(bytes: Uint8Array): number {
  let letters = 0;
  for (const byte of bytes)
    letters |= 1 << (byte >= 97 && byte < 123 ? byte - 97 : 26 + (byte % 6));
  return letters >>> 0;
}

function bitsIn(value: number): number {
  let count = 0;
  for (let bits = value; bits !== 0; bits &= bits - 1) count += 1;
  return count;
}

const isAscii = (bytes: Uint8Array): boolean => bytes.every((byte) => byte < 128);

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (bytes.length < prefix.length) return false;
  for (let at = 0; at < prefix.length; at += 1) if (bytes[at] !== prefix[at]) return false;
  return true;
}

function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const shorter = Math.min(one.length, other.length);
  for (let at = 0; at < shorter; at += 1) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}
