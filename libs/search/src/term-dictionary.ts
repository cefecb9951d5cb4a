import { isGramCharacter } from './character-kind.js';

/** What a term is. */
export const enum TermKind {
  word,
  /** One character of a script without spaces. */
  character,
  /** Two of them. */
  pair,
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Numbers for terms, in the order they come; compact, as a catalogue has some hundred thousand. */
export class TermDictionary {
  size = 0;
  private bytes = new Uint8Array(1 << 16);
  /** Where each term begins; one more than there are terms. */
  private starts = new Uint32Array(1 << 12);
  private kinds = new Uint8Array(1 << 12);
  /** Open addressing: term + 1, 0 for free. */
  private slots = new Int32Array(1 << 13);

  /** The term's number, or -1. */
  find(term: string): number {
    const bytes = encoder.encode(term);
    return (this.slots[this.slotOf(bytes)] ?? 0) - 1;
  }

  /** The number of the term of these UTF-8 bytes, a new one where it has none. */
  add(bytes: Uint8Array, kind?: TermKind): number {
    const slot = this.slotOf(bytes);
    const known = this.slots[slot] ?? 0;
    return known > 0 ? known - 1 : this.insert(slot, bytes, kind);
  }

  bytesOf(term: number): Uint8Array {
    return this.bytes.subarray(this.starts[term], this.starts[term + 1]);
  }

  text(term: number): string {
    return decoder.decode(this.bytesOf(term));
  }

  kind(term: number): TermKind {
    return this.kinds[term] as TermKind;
  }

  private insert(slot: number, bytes: Uint8Array, kind?: TermKind): number {
    const term = this.size;
    const start = this.starts[term] ?? 0;
    this.makeRoom(start + bytes.length);
    this.bytes.set(bytes, start);
    this.starts[term + 1] = start + bytes.length;
    this.size += 1;
    const alone = () => (isGramCharacter(this.text(term)) ? TermKind.character : TermKind.word);
    this.kinds[term] = kind ?? alone();
    this.slots[slot] = term + 1;
    if (this.size * 2 > this.slots.length) this.rehash();
    return term;
  }

  /** Where the term stands, or the free place for it. */
  private slotOf(bytes: Uint8Array): number {
    const mask = this.slots.length - 1;
    for (let slot = hash(bytes) & mask; ; slot = (slot + 1) & mask) {
      const held = this.slots[slot] ?? 0;
      if (held === 0 || this.same(held - 1, bytes)) return slot;
    }
  }

  private same(term: number, bytes: Uint8Array): boolean {
    const start = this.starts[term] ?? 0;
    if ((this.starts[term + 1] ?? 0) - start !== bytes.length) return false;
    for (let at = 0; at < bytes.length; at += 1)
      if (this.bytes[start + at] !== bytes[at]) return false;
    return true;
  }

  private makeRoom(length: number): void {
    if (length > this.bytes.length) this.bytes = larger(this.bytes, length);
    if (this.size + 2 > this.starts.length) {
      this.starts = larger(this.starts, this.size + 2);
      this.kinds = larger(this.kinds, this.size + 2);
    }
  }

  private rehash(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    for (let term = 0; term < this.size; term += 1)
      this.slots[this.slotOf(this.bytesOf(term))] = term + 1;
  }
}

/** FNV-1a. */
function hash(bytes: Uint8Array): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at += 1)
    value = Math.imul(value ^ (bytes[at] ?? 0), 0x01000193);
  return (value ^ (value >>> 15)) >>> 0;
}

type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

/** A copy with room for `length`, by half as much again. */
export function larger<T extends Column>(column: T, length: number): T {
  const kind = column.constructor as new (length: number) => T;
  const copy = new kind(Math.max(length, Math.ceil(column.length * 1.5)));
  copy.set(column);
  return copy;
}
