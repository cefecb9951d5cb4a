import type { Term } from './term.js';

/** What a part of C++ or Vue3 is called where it is less than a word of its own. */
export const partMark = '~';

/** Characters of a term; what a longer word goes on with is left out. */
const longestTerm = 64;
/** Names that end in signs are short: C++, C#, F#. */
const longestSigned = 3;
/** Parts that are also one word together, and how long that may be. */
const joinedMost = 3;
const joinedLongest = 24;

const clip = (term: string): string =>
  term.length <= longestTerm ? term : Array.from(term).slice(0, longestTerm).join('');

const plainWord = /^[a-z]+$/;
/** Parts of a word; a point between digits parts nothing, one before the word belongs to it. */
const part = /(?:^\.)?(?:[^.'_/&\-+#]|(?<=\p{N})\.(?=\p{N}))+(?:\+\+$|#$)?/gu;
const signs = /\+\+$|#$/;
const lettersAndDigits = /^(\p{L}{2,})(\p{N}+)$/u;

/**
 * Terms of a word as `endOfWord` finds it, at `start`: its parts; a word of few parts joined; a name
 * with signs whole and without them; the letters of vue3.
 */
export function wordTerms(word: string, start: number, apart: boolean): Term[] {
  const made = (term: string, at: number, until: number, alias: boolean): Term => ({
    term: clip(term),
    start: start + at,
    end: start + until,
    gram: false,
    alias,
    apart: apart && at === 0 && !alias,
  });
  if (plainWord.test(word)) return [made(word, 0, word.length, false)];
  const parts = [...word.matchAll(part)]
    .map((match) => ({ ...named(match[0]), at: match.index }))
    .filter(({ name, at }) => name !== 's' || at === 0);
  const terms = parts.flatMap(({ name, others, at }) =>
    [name, ...others].map((term, n) => made(term, at, at + name.length, n > 0)),
  );
  const joined = parts.map(({ name }) => name).join('');
  if (
    parts.length > 1 &&
    parts.length <= joinedMost &&
    joined.length <= joinedLongest &&
    !parts.some(({ signed }) => signed)
  )
    terms.splice(1, 0, made(joined, 0, word.length, true));
  return terms;
}

interface Named {
  name: string;
  /** What else it is found by. */
  others: string[];
  signed: boolean;
}

function named(text: string): Named {
  const bare = text.replace(signs, '');
  const name = bare.length > longestSigned ? bare : text;
  const signed = name !== bare || name.startsWith('.');
  if (signed) return { name, others: [bare.replace('.', '') + partMark], signed };
  const [, letters, digits] = lettersAndDigits.exec(name) ?? [];
  return { name, others: letters && digits ? [letters, digits + partMark] : [], signed };
}
