import { termsOf } from './analysis.js';

export interface Synonym {
  terms: readonly string[];
  /** How much of what the word itself counts, 0 to 1. */
  weight: number;
}

const keyOf = (terms: readonly string[]): string => terms.join(' ');
const wordsOf = (text: string): string[] =>
  termsOf(text).flatMap(({ term, alias }) => (alias ? [] : term));

/** Words that find one another. */
export class Synonyms {
  private readonly others = new Map<string, Synonym[]>();

  /** @param groups words of one group find one another */
  constructor(groups: readonly (readonly string[])[] = [], weight = 1) {
    for (const group of groups) this.add(group, weight);
  }

  /** Words that are as good as these terms, in their terms. */
  of(terms: readonly string[]): readonly Synonym[] {
    return this.others.get(keyOf(terms)) ?? [];
  }

  add(group: readonly string[], weight: number): void {
    const words = new Map(group.map((word) => [keyOf(wordsOf(word)), wordsOf(word)]));
    for (const key of words.keys()) {
      const known = this.others.get(key) ?? [];
      for (const [other, terms] of words)
        if (other !== key && terms.length > 0 && !known.some((one) => keyOf(one.terms) === other))
          known.push({ terms, weight });
      if (known.length > 0 && key !== '') this.others.set(key, known);
    }
  }
}

/**
 * An operator's synonyms: a line is a group, `前端=frontend=front end`; `#` at its beginning makes it a comment.
 * @throws SyntaxError that names the line
 */
export function parseSynonyms(text: string): Synonyms {
  const groups = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .flatMap((line, at) => {
      if (line.trim() === '' || line.trimStart().startsWith('#')) return [];
      const group = line.split('=').map((word) => word.trim());
      if (group.length < 2 || group.some((word) => wordsOf(word).length === 0))
        throw new SyntaxError(
          `synonyms, line ${at + 1}: want words separated by =, like 前端=frontend`,
        );
      return [group];
    });
  return new Synonyms(groups);
}
