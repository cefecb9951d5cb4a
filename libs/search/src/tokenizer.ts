/** A term and where it stands in the original text: UTF-16 offsets, end exclusive. */
export interface Token {
  term: string;
  start: number;
  end: number;
}

/**
 * Runs of Han characters; runs of other letters, marks and digits. Everything else separates. Plain
 * words come first: they are most of most texts, and folding leaves of them what lower case does.
 */
const runs =
  /([A-Za-z0-9]+(?![\p{L}\p{M}\p{N}]))|(\p{Script=Han}+)|((?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}])+)/gu;

/** Equal for all ways to write the same: NFKC, lower case. */
export const fold = (text: string): string => text.normalize('NFKC').toLowerCase();

/**
 * Tokens of a text: a Latin (or other alphabetic) word is one; a run of Han characters gives each
 * character and each pair of neighbours. Folding may change lengths (ﬁ → fi, Ａ → A), so offsets are
 * taken from the text as it was, never from the folded one.
 */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (const match of text.matchAll(runs)) {
    const [run, plain, han] = match;
    const start = match.index;
    if (plain !== undefined)
      found.push({ term: clip(run.toLowerCase()), start, end: start + run.length });
    else found.push(...(han === undefined ? words(run, start) : ngrams(run, start)));
  }
  return found;
}

/** Characters of a term; what a longer word goes on with is left out. Every store's index takes this. */
const longestTerm = 64;

const clip = (term: string): string =>
  term.length <= longestTerm ? term : Array.from(term).slice(0, longestTerm).join('');

/** Terms in the order they stand. */
export const tokenize = (text: string): string[] => tokens(text).map(({ term }) => term);

/** NFKC may make several words of one run (½ → 1⁄2): each keeps the whole run's place. */
function words(run: string, start: number): Token[] {
  const end = start + run.length;
  return [...fold(run).matchAll(/[\p{L}\p{M}\p{N}]+/gu)].map(([term]) => ({
    term: clip(term),
    start,
    end,
  }));
}

function ngrams(run: string, start: number): Token[] {
  const found: Token[] = [];
  let before: Token | undefined;
  let at = start;
  for (const character of run) {
    const token = { term: fold(character), start: at, end: at + character.length };
    if (before) found.push({ term: before.term + token.term, start: before.start, end: token.end });
    found.push(token);
    before = token;
    at = token.end;
  }
  return found;
}
