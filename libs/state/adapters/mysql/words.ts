import { createHash } from 'node:crypto';
import { distinctTerms } from '../_sql/history/terms.js';

/** A term that is a word to the server's parser whatever its settings, and short enough. */
const plain = /^[a-z0-9]{1,40}$/;
/** Longer ones are told by their hash. */
const longestHex = 60;

/** Letters and digits that stand for a room, nearly always for it alone (FNV-1a). */
function markOf(room: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < room.length; at += 1)
    hash = Math.imul(hash ^ room.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36).padStart(7, '0');
}

/**
 * A term of a room's messages as one word of the full-text index: 10 to 69 letters and digits, no stop
 * word, and with the room in it, so that what is looked through is that room's alone. A few rooms
 * share words; the rows found say which they are of.
 */
function wordOf(mark: string, term: string): string {
  if (plain.test(term)) return `x${mark}w${term}`;
  const bytes = Buffer.from(term);
  if (2 * bytes.length <= longestHex) return `x${mark}x${bytes.toString('hex')}`;
  return `x${mark}y${createHash('sha256').update(bytes).digest('hex').slice(0, 40)}`;
}

/** The words to store with a message of this room; null where it has no terms. */
export function wordsOf(room: string, terms: readonly string[] | undefined): string | null {
  if (terms === undefined || terms.length === 0) return null;
  const mark = markOf(room);
  return distinctTerms(terms)
    .map((term) => wordOf(mark, term))
    .join(' ');
}

/** What finds, in boolean mode, the messages of any of the rooms that have all of the terms. */
export const searchFor = (rooms: readonly string[], terms: readonly string[]): string =>
  rooms
    .map((room) => {
      const mark = markOf(room);
      return `(${terms.map((term) => `+${wordOf(mark, term)}`).join(' ')})`;
    })
    .join(' ');
