import { tokenize } from './tokenizer.js';

/** Words that find one another. */
export class Synonyms {
  /** @param groups words of one group find one another */
  constructor(readonly groups: readonly (readonly string[])[] = []) {}

  /** Other ways to say it. */
  of(word: string): string[] {
    const wanted = tokenize(word).join(' ');
    return this.groups
      .filter((group) => group.some((one) => tokenize(one).join(' ') === wanted))
      .flatMap((group) => group.filter((one) => tokenize(one).join(' ') !== wanted));
  }
}

/**
 * An operator's synonyms: a line is a group, `前端=frontend=front end`; `#` begins a comment.
 * @throws SyntaxError that names the line
 */
export function parseSynonyms(text: string): Synonyms {
  const groups = text.split(/\r?\n/).flatMap((line, at) => {
    const [written = ''] = line.split('#');
    if (written.trim() === '') return [];
    const group = written.split('=').map((word) => word.trim());
    if (group.length < 2 || group.some((word) => tokenize(word).length === 0))
      throw new SyntaxError(`line ${at + 1}: want words separated by =, like 前端=frontend`);
    return [group];
  });
  return new Synonyms(groups);
}
