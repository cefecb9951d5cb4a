import { termsOfFolded } from './analysis.js';
import type { Term } from './term.js';
import { folded } from './folding.js';

/** A word with its other forms, a run of characters written without spaces, or a quoted phrase. */
export interface Clause {
  kind: 'word' | 'run' | 'phrase';
  /** Without aliases: one of a word, more of one with parts (node.js) and of others. */
  terms: Term[];
  /** Of a word: what else it may be written as. */
  aliases: string[];
  /** What every course is (a course, 教程): better where it stands there, no worse where not. */
  optional: boolean;
}

export interface ParsedQuery {
  wanted: Clause[];
  unwanted: Clause[];
  /** The last wanted word may be unfinished. */
  open: boolean;
}

/** Characters and clauses of a query that are looked at: what goes on longer is no search for a course. */
const charactersMost = 256;
const clausesMost = 16;
/** Characters of a run; a clause keeps which were found in the bits of one number. */
const runMost = 24;

const quoted = /(^|\s)(-?)["“”„«「『]([^"“”„«»「」『』]*)["“”»」』]/g;
const negated = /(^|\s)-(?=[\p{L}\p{N}.])(\S+)/gu;

/** What a text asks for: words all of which are wanted, "phrases", and -what is not. Takes any text. */
export function parseQuery(text: string): ParsedQuery {
  let rest = folded(clipped(text));
  const wanted: Clause[] = [];
  const unwanted: Clause[] = [];
  rest = rest.replace(quoted, (_, space: string, minus: string, phrase: string) => {
    const clause = phraseClause(phrase);
    if (clause) (minus ? unwanted : wanted).push(clause);
    return `${space} `;
  });
  rest = rest.replace(negated, (_, space: string, word: string) => {
    const clause = phraseClause(word);
    if (clause) unwanted.push(clause);
    return `${space} `;
  });
  const words = clausesOf(rest);
  const all = [...words, ...wanted];
  const telling = all.filter((clause) => !isFiller(clause));
  return {
    wanted: markOptional((telling.length > 0 ? telling : all).slice(0, clausesMost)),
    unwanted: unwanted.slice(0, clausesMost),
    open: words.length > 0 && /\S$/.test(rest),
  };
}

/** Whether there is anything in a text to search for. */
export const isSearchable = (text: string): boolean => {
  const { wanted, unwanted } = parseQuery(text);
  return wanted.length + unwanted.length > 0;
};

function clipped(text: string): string {
  const cut = text.slice(0, charactersMost);
  return cut.length < text.length ? cut.replace(/[\ud800-\udbff]$/, '') : cut;
}

function phraseClause(text: string): Clause | undefined {
  const terms = termsOfFolded(text).filter(({ alias }) => !alias);
  return terms.length > 0
    ? { kind: 'phrase', terms: terms.slice(0, runMost), aliases: [], optional: false }
    : undefined;
}

function clausesOf(text: string): Clause[] {
  const clauses: Clause[] = [];
  let end = -1;
  for (const term of termsOfFolded(text)) {
    const last = clauses.at(-1);
    if (term.alias) last?.aliases.push(term.term);
    else if (last && continues(last, term, text, end)) last.terms.push(term);
    else clauses.push(clauseOf(term));
    if (!term.alias) end = term.end;
  }
  return clauses;
}

const clauseOf = (term: Term): Clause => ({
  kind: term.gram ? 'run' : 'word',
  terms: [term],
  aliases: [],
  optional: false,
});

/** The characters of a run, and the parts of a word with parts, which one sign joins. */
function continues(last: Clause, { gram, apart, start }: Term, text: string, end: number): boolean {
  if (gram) return last.kind === 'run' && !apart && last.terms.length < runMost;
  return last.kind === 'word' && start === end + 1 && /[.'_/&\-+]/.test(text.charAt(end));
}

/** Words without which a query says the same. */
const fillers = new Set(
  'a an the of to for in on and or with how is are what by from my i me we at as it be do can'.split(
    ' ',
  ),
);

const isFiller = ({ kind, terms: [first, ...more] }: Clause): boolean =>
  kind === 'word' && more.length === 0 && first !== undefined && fillers.has(first.term);

const everyCourse = new Set(
  'course courses tutorial tutorials class classes lesson lessons 课 课程 教程 网课'.split(' '),
);

function markOptional(clauses: Clause[]): Clause[] {
  const marked = clauses.map((clause) => ({
    ...clause,
    optional:
      clause.kind !== 'phrase' && everyCourse.has(clause.terms.map(({ term }) => term).join('')),
  }));
  return marked.every(({ optional }) => optional) ? clauses : marked;
}

const fillerRuns =
  /怎么样|怎么|怎样|如何|什么|哪些|为什么|我想要|我想|我要|想学|想要|一下|一个|有没有|关于|课程|教程|课$|[的了吗呢啊吧和与及或]/gu;

/** Characters of a run without which it says the same, a bit each; none where nothing would be left. */
export function fillerBits({ kind, terms }: Clause): number {
  if (kind !== 'run') return 0;
  const text = terms.map(({ term }) => term).join('');
  let bits = 0;
  for (const { 0: found, index } of text.matchAll(fillerRuns)) {
    const before = Array.from(text.slice(0, index)).length;
    for (let at = 0; at < found.length; at += 1) bits |= 1 << (before + at);
  }
  return bits === (1 << terms.length) - 1 ? 0 : bits;
}
