import { hash } from 'node:crypto';
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

/** A term as letters and digits, 2 to 61 of them: no two terms are one word but by a collision of SHA-256. */
function wordOf(term: string): string {
  if (plain.test(term)) return `w${term}`;
  const bytes = Buffer.from(term);
  if (2 * bytes.length <= longestHex) return `x${bytes.toString('hex')}`;
  return `y${hash('sha256', bytes, 'hex').slice(0, 40)}`;
}

/** The words to store with a message, parted by spaces; null where it has no terms. */
export const wordsOf = (terms: readonly string[] | undefined): string | null =>
  terms === undefined || terms.length === 0 ? null : distinctTerms(terms).map(wordOf).join(' ');

/**
 * A message's words as words of the full-text index: of 10 letters or more, which are no stop words, and
 * with the room in them, so that what is looked through is that room's alone. A few rooms share words;
 * what is found says which it is of.
 */
export function indexedWords(room: string, words: Iterable<string>): string {
  const mark = markOf(room);
  return Array.from(words, (word) => `x${mark}${word}`).join(' ');
}

/** Stands for all words, of a room that is: no term is written so. */
export const anyWord = 'zz';

/** What finds, in boolean mode, what has all of the terms, or any word, in any of the rooms. */
export function searchFor(rooms: readonly string[], terms: readonly string[]): string {
  const words = terms.map(wordOf);
  return rooms
    .map((room) => {
      const mark = markOf(room);
      return `(${words.map((word) => `+x${mark}${word}`).join(' ')}) x${mark}${anyWord}`;
    })
    .join(' ');
}

/** Of each term a pattern that the words of a message match, with a space before and behind them, where it has it. */
export const patternsOf = (terms: readonly string[]): string[] =>
  terms.map((term) => `% ${wordOf(term)} %`);
