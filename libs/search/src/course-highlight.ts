import { termsWithOffsets } from './analysis.js';
import type { Term } from './term.js';
import { editDistance, typosIn } from './edit-distance.js';
import { marked, type Span } from './highlight.js';
import { readings, syllablesOf } from './pinyin.js';
import { type Clause, parseQuery } from './query-parser.js';
import { stem } from './stem.js';
import { partMark } from './word-terms.js';

/** The text as HTML: everything escaped, what the query finds it by inside `<mark>`. */
export function highlightQuery(text: string, query: string): string {
  const terms = termsWithOffsets(text);
  const { wanted, open } = parseQuery(query);
  const last = wanted.filter(({ kind }) => kind !== 'phrase').at(-1);
  const spans = wanted.flatMap((clause) => spansOf(clause, open && clause === last, terms));
  return marked(text, spans);
}

function spansOf(clause: Clause, last: boolean, terms: readonly Term[]): Span[] {
  const { terms: wanted, aliases } = clause;
  const words = wanted.filter(({ gram }) => !gram).map(({ term }) => term);
  const exact = [
    ...pairSpans(wanted, terms),
    ...words.flatMap((word) => wordSpans(word, last && wanted.length === 1, terms)),
    ...aliases
      .filter((alias) => !alias.endsWith(partMark))
      .flatMap((alias) => wordSpans(alias, false, terms)),
  ];
  const [word] = words;
  if (exact.length > 0 || word === undefined || clause.kind === 'phrase') return exact;
  const near = terms.filter(({ term, gram }) => !gram && isNear(word, term));
  return near.length > 0 ? near : pinyinSpans(word, last, terms);
}

function wordSpans(word: string, last: boolean, terms: readonly Term[]): Span[] {
  const base = stem(word);
  return terms.filter(
    ({ term, gram }) =>
      !gram &&
      (term === word ||
        term === word + partMark ||
        stem(term) === base ||
        (last && term.startsWith(word))),
  );
}

/** Pairs of characters that stand in the query; a character where it stands there alone. */
function pairSpans(wanted: readonly Term[], terms: readonly Term[]): Span[] {
  const pairs = new Set(pairsOf(wanted).map(({ pair }) => pair));
  const alone = new Set(
    wanted.flatMap(({ term, gram }, at) =>
      gram && !followed(wanted, at - 1) && !followed(wanted, at) ? term : [],
    ),
  );
  return [
    ...pairsOf(terms).filter(({ pair }) => pairs.has(pair)),
    ...terms.filter(({ term, gram }) => gram && alone.has(term)),
  ];
}

const followed = (terms: readonly Term[], at: number): boolean => {
  const [one, next] = [terms[at], terms[at + 1]];
  return one?.gram === true && next?.gram === true && !next.apart;
};

const pairsOf = (terms: readonly Term[]): (Span & { pair: string })[] =>
  terms.flatMap((one, at) => {
    const next = terms[at + 1];
    if (!next || !followed(terms, at)) return [];
    return [{ pair: one.term + next.term, start: one.start, end: next.end }];
  });

function isNear(word: string, term: string): boolean {
  const [typed, held] = [codePoints(word), codePoints(term)];
  const most = typosIn(typed.length);
  return most > 0 && editDistance(typed, held, most) <= most;
}

const codePoints = (word: string): number[] =>
  Array.from(word, (character) => character.codePointAt(0) ?? 0);

/** Neighbouring characters that are read as the word is spelled, or begin with its letters. */
function pinyinSpans(word: string, last: boolean, terms: readonly Term[]): Span[] {
  const ways = [...syllablesOf(word, last), Array.from(word)].filter((units) => units.length > 1);
  for (const [way, units] of ways.entries()) {
    const whole = way < ways.length - 1;
    const reads = (at: number, unit: number) =>
      readings(terms[at + unit]?.term ?? '').some((reading) =>
        whole && !(last && unit === units.length - 1)
          ? reading === units[unit]
          : reading.startsWith(units[unit] ?? ' '),
      ) &&
      (unit === 0 || followed(terms, at + unit - 1));
    const spans = terms.flatMap((term, at) =>
      units.every((_, unit) => reads(at, unit))
        ? [{ start: term.start, end: terms[at + units.length - 1]?.end ?? term.end }]
        : [],
    );
    if (spans.length > 0) return spans;
  }
  return [];
}
