import type { CourseText } from './course-index.js';
import { tokenize } from './tokenizer.js';

/** Of tokenizer and encoding together: a stored document with another version has to be made again. */
export const searchVersion = 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What search needs to know of a course, the same bytes for the same text; begins with the version. */
export function encodeDocument(text: CourseText): Uint8Array {
  const { title, tags, instructor, category, summary, description } = text;
  const fields = [title, tags.join('\n'), instructor, category, summary, description];
  const body = encoder.encode(JSON.stringify(fields.map(tokenize)));
  const document = new Uint8Array(1 + body.length);
  document[0] = searchVersion;
  document.set(body, 1);
  return document;
}

/** The version a document was made with; 0 where it is none. */
export const documentVersion = (document: Uint8Array): number => document[0] ?? 0;

/** @throws RangeError where the document is not of this version */
export function decodeDocument(document: Uint8Array): string[][] {
  if (documentVersion(document) !== searchVersion) {
    throw new RangeError(
      `search document of version ${documentVersion(document)}, not ${searchVersion}`,
    );
  }
  return JSON.parse(decoder.decode(document.subarray(1))) as string[][];
}
