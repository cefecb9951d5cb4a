import { Kind, kindOf } from './character-kind.js';
import { folded, foldWithOffsets } from './folding.js';
import type { Term } from './term.js';
import { wordTerms } from './word-terms.js';

/** Terms of a text, in the order they stand; aliases after the term they stand at. */
export const termsOf = (text: string): Term[] => termsOfFolded(folded(text));

/** The same with offsets in the text as it is written: folding may change lengths. */
export function termsWithOffsets(text: string): Term[] {
  const { text: plain, starts, ends } = foldWithOffsets(text);
  return termsOfFolded(plain).map((term) => ({
    ...term,
    start: starts[term.start] ?? 0,
    end: ends[term.end - 1] ?? 0,
  }));
}

/** What joins the parts of one word: node.js, ci/cd, e-commerce, r&d, don't. */
const joins = new Set([...".'_/&-+"].map((sign) => sign.charCodeAt(0)));
const point = 0x2e;
const plus = 0x2b;
const hash = 0x23;

export function termsOfFolded(text: string): Term[] {
  const terms: Term[] = [];
  let at = 0;
  let apart = false;
  while (at < text.length) {
    const start = at;
    const kind = kindAt(text, at);
    if (kind === Kind.gram) {
      at += widthAt(text, at);
      const last = terms.at(-1);
      const touches = last?.end === start || !last?.gram;
      const term = text.slice(start, at);
      terms.push({ term, start, end: at, gram: true, alias: false, apart: apart || !touches });
    } else if (kind === Kind.letter || beginsWithPoint(text, at)) {
      at = endOfWord(text, at + (kind === Kind.letter ? 0 : 1));
      for (const term of wordTerms(text.slice(start, at), start, apart)) terms.push(term);
    } else {
      at += widthAt(text, at);
      apart ||= kind !== Kind.space;
      continue;
    }
    apart = false;
  }
  return terms;
}

const kindAt = (text: string, at: number): Kind =>
  at < text.length ? kindOf(text.codePointAt(at) ?? 0) : Kind.other;

const widthAt = (text: string, at: number): number =>
  (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;

/** The point of .NET, not one that ends a sentence or stands in a row of them. */
const beginsWithPoint = (text: string, at: number): boolean =>
  text.charCodeAt(at) === point &&
  text.charCodeAt(at - 1) !== point &&
  isLowerLatin(text.charCodeAt(at + 1));

const isLowerLatin = (unit: number): boolean => unit >= 0x61 && unit <= 0x7a;

function endOfWord(text: string, start: number): number {
  let at = start;
  for (;;) {
    while (kindAt(text, at) === Kind.letter) at += widthAt(text, at);
    if (!joins.has(text.charCodeAt(at)) || kindAt(text, at + 1) !== Kind.letter) break;
    at += 1;
  }
  if (text.charCodeAt(at) === plus && text.charCodeAt(at + 1) === plus) return at + 2;
  return text.charCodeAt(at) === hash && kindAt(text, at + 1) !== Kind.letter ? at + 1 : at;
}
