import type { SparseRows } from '../data/sparse-rows.js';
import {
  bytesOf,
  checksum,
  type Header,
  layoutVersion,
  magic,
  padded,
  prefixBytes,
} from './layout.js';
import type { Model } from './model.js';

/** The bytes are not a model, or not one that this version reads. */
export class CorruptModel extends Error {
  constructor(what: string, options?: ErrorOptions) {
    super(`the blob is not a recommendation model: ${what}`, options);
  }
}

/** Words that are checked between two turns of the event loop: less than 2 ms. */
const wordsAtOnce = 1 << 20;

/**
 * Views into `bytes` where they are aligned to 8, which must then stay as they are; of a copy otherwise.
 * @throws CorruptModel
 */
export function decodeModel(bytes: Uint8Array): Model {
  const steps = decoding(bytes);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** As `decodeModel`, but the event loop turns in between, so that a large model pauses nobody. */
export async function decodeModelGently(bytes: Uint8Array): Promise<Model> {
  const steps = decoding(bytes);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function* decoding(given: Uint8Array): Generator<void, Model> {
  const bytes = given.byteOffset % 8 === 0 ? given : given.slice();
  if (bytes.length < prefixBytes || bytes.length % 8 !== 0)
    throw new CorruptModel(`${bytes.length} bytes`);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const [found, version, sum, headerBytes, size] = words as unknown as number[];
  if (found !== magic) throw new CorruptModel('it does not begin as one');
  if (version !== layoutVersion)
    throw new CorruptModel(`version ${version}; this program reads version ${layoutVersion}`);
  if (size !== bytes.length || headerBytes! % 8 !== 0 || prefixBytes + headerBytes! > size)
    throw new CorruptModel(`${bytes.length} bytes where its head says ${size}`);
  let hash: number | undefined;
  for (let from = prefixBytes / 4; from < words.length; from += wordsAtOnce) {
    hash = checksum(words, from, Math.min(words.length, from + wordsAtOnce), hash);
    yield;
  }
  if (hash !== sum) throw new CorruptModel('its checksum differs');
  // What follows was written by `encodeModel`: the checksum says so.
  const header = parse<Header>(bytes.subarray(prefixBytes, prefixBytes + headerBytes!));
  const sections = new Sections(header, bytes, prefixBytes + headerBytes!);
  const items = parse<string[]>(sections.bytes('items'));
  yield;
  const rowsOf = (name: string): SparseRows => ({
    start: sections.int32(`${name}.start`, items.length + 1),
    columns: sections.int32(`${name}.columns`),
    values: sections.float32(`${name}.values`),
  });
  return {
    meta: header.meta,
    items,
    popularity: sections.float32('popularity', items.length),
    neighbours: header.neighbours.map((part) => ({ ...part, rows: rowsOf(part.name) })),
    factors: header.factors && {
      ...header.factors,
      factors: sections.float32('ials.factors', items.length * header.factors.dimensions),
      gram: sections.float32('ials.gram', header.factors.dimensions ** 2),
    },
  };
}

function parse<T>(bytes: Uint8Array): T {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as T;
  } catch (error) {
    throw new CorruptModel('its header cannot be read', { cause: error });
  }
}

class Sections {
  private readonly found = new Map<string, { at: number; length: number }>();

  constructor(
    header: Header,
    private readonly all: Uint8Array,
    from: number,
  ) {
    let at = from;
    for (const section of header.sections) {
      this.found.set(section.name, { at, length: section.length });
      at += padded(bytesOf(section));
    }
    if (at !== all.length) throw new CorruptModel('its sections do not fill it');
  }

  bytes(name: string): Uint8Array {
    const { at, length } = this.section(name);
    return this.all.subarray(at, at + length);
  }

  int32(name: string, expected?: number): Int32Array {
    const { at, length } = this.section(name, expected);
    return new Int32Array(this.all.buffer, this.all.byteOffset + at, length);
  }

  float32(name: string, expected?: number): Float32Array {
    const { at, length } = this.section(name, expected);
    return new Float32Array(this.all.buffer, this.all.byteOffset + at, length);
  }

  private section(name: string, expected?: number): { at: number; length: number } {
    const section = this.found.get(name);
    if (!section || (expected !== undefined && section.length !== expected))
      throw new CorruptModel(`its section ${name} is missing or of another length`);
    return section;
  }
}
