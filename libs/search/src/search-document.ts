import { termsOf } from './analysis.js';
import type { Term } from './term.js';
import { ByteReader, ByteWriter } from './bytes.js';
import type { CourseText } from './course-index.js';

/** Of analysis and encoding together: a stored document with another version has to be made again. */
export const searchVersion = 1;

/** Places of one field that are looked at: a description that goes on longer is found by its beginning. */
const placesMost = 8192;

/** In the order documents have them. */
export const fieldNames = [
  'title',
  'tags',
  'instructor',
  'category',
  'summary',
  'description',
] as const satisfies readonly (keyof CourseText)[];

const encoder = new TextEncoder();

/**
 * What search needs to know of a course; the same bytes for the same text, on every machine:
 * the version, each distinct term once (its length and its UTF-8), and per field how many places
 * follow and the places, a number each: which term · 4, +2 where it stands apart, +1 for an alias.
 */
export function encodeDocument(text: CourseText): Uint8Array {
  const numbers = new Map<string, number>();
  const places = new ByteWriter();
  for (const name of fieldNames) {
    const value = text[name];
    const terms = typeof value === 'string' ? termsOf(value) : value.flatMap(tagTerms);
    const kept = terms.slice(0, placesMost);
    places.varint(kept.length);
    for (const { term, apart, alias } of kept) {
      const known = numbers.get(term);
      const number = known ?? numbers.size;
      if (known === undefined) numbers.set(term, number);
      places.varint(number * 4 + (apart ? 2 : 0) + (alias ? 1 : 0));
    }
  }
  const document = new ByteWriter();
  document.byte(searchVersion);
  document.varint(numbers.size);
  for (const term of numbers.keys()) {
    const bytes = encoder.encode(term);
    document.varint(bytes.length);
    document.append(bytes);
  }
  document.append(places.written());
  return document.written().slice();
}

/** No phrase reaches from one tag into the next. */
const tagTerms = (tag: string): Term[] =>
  termsOf(tag).map((term, at) => (at === 0 ? { ...term, apart: true } : term));

/** The version a document was made with; 0 where it is none. */
export const documentVersion = (document: Uint8Array): number => document[0] ?? 0;

/** A reader that stands after the version. @throws RangeError where the document is of another version */
export function readDocument(document: Uint8Array): ByteReader {
  const version = documentVersion(document);
  if (version !== searchVersion)
    throw new RangeError(`search document of version ${version}, not of ${searchVersion}`);
  const reader = new ByteReader(document);
  reader.at = 1;
  return reader;
}
