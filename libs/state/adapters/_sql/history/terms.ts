/** Code points of a term that are told apart: an index takes no word of any length. */
const longest = 64;

const clipped = (term: string): string =>
  term.length <= longest ? term : [...term].slice(0, longest).join('');

/** The terms to store of a message, or to look for: each once. */
export const distinctTerms = (terms: readonly string[] = []): string[] => [
  ...new Set(terms.map(clipped)),
];
