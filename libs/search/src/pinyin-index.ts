import { compareCodePoints } from './code-points.js';
import type { Corpus } from './corpus.js';
import { isCommonlyRead, readings } from './pinyin.js';
import { TermKind } from './term-dictionary.js';

/** Ways to write what was typed that are followed further. */
const beam = 48;

/** A way to write it: its pairs of characters, or the one character. */
export interface Writing {
  terms: number[];
  text: string;
  /** How likely it is meant, beside the others: by how often it stands in the corpus, and is read so. */
  likelihood: number;
}

/** Beside the reading a character commonly has with its neighbour, how likely another one is. */
const uncommonReading = 0.25;

/**
 * Finds which characters of a corpus pinyin stands for: each pair of neighbours is known by the first
 * letters of its readings, so a longer word is a chain of pairs.
 */
export class PinyinIndex {
  private readonly byInitials = new Map<string, number[]>();

  constructor(private readonly corpus: Corpus) {}

  add(term: number): void {
    const characters = Array.from(this.corpus.dictionary.text(term));
    const [one = [], other = ['']] = characters.map((character) =>
      readings(character).map((reading) => reading.slice(0, 1)),
    );
    const keys = new Set(one.flatMap((left) => other.map((right) => left + right)));
    for (const key of keys) {
      const terms = this.byInitials.get(key);
      if (terms) terms.push(term);
      else this.byInitials.set(key, [term]);
    }
  }

  /**
   * What in the corpus is read so, the most frequent first.
   * @param units a syllable a character, or only its beginning where `begun(n)` says so
   */
  written(units: readonly string[], begun: (at: number) => boolean): Writing[] {
    const [first = '', second] = units;
    if (second === undefined) return this.best(this.alone(first, begun(0)));
    let ways = this.best(this.pairs(first, second, begun, 0));
    for (let at = 2; at < units.length && ways.length > 0; at += 1) {
      const following = this.pairs(units[at - 1] ?? '', units[at] ?? '', begun, at - 1);
      ways = this.best(ways.flatMap((way) => following.flatMap((next) => joined(way, next))));
    }
    return ways;
  }

  /** Pairs in use that sound as this one, which may not be in use itself. */
  homophones(pair: string): number[] {
    const [one = '', other = ''] = Array.from(pair);
    const found = readings(one).flatMap((left) =>
      readings(other).flatMap((right) =>
        this.pairs(left, right, () => false, 0).map(({ terms: [term = -1] }) => term),
      ),
    );
    return [...new Set(found)].filter((term) => this.corpus.dictionary.text(term) !== pair);
  }

  private pairs(
    left: string,
    right: string,
    begun: (at: number) => boolean,
    at: number,
  ): Writing[] {
    const key = left.slice(0, 1) + right.slice(0, 1);
    const readsSo = ([one = '', other = '']: string[]) =>
      reads(one, left, begun(at)) && reads(other, right, begun(at + 1));
    return this.from(key, TermKind.pair, readsSo, [left, right]);
  }

  private alone(unit: string, begun: boolean): Writing[] {
    const readsSo = ([one = '']: string[]) => reads(one, unit, begun);
    return this.from(unit.slice(0, 1), TermKind.character, readsSo, [unit]);
  }

  private from(
    key: string,
    kind: TermKind,
    readsSo: (characters: string[]) => boolean,
    units: readonly string[],
  ): Writing[] {
    const { corpus } = this;
    return (this.byInitials.get(key) ?? []).flatMap((term) => {
      const count = corpus.documentFrequency(term);
      if (corpus.dictionary.kind(term) !== kind || count === 0) return [];
      const text = corpus.dictionary.text(term);
      if (!readsSo(Array.from(text))) return [];
      const likelihood = count * (isCommonlyRead(text, units) ? 1 : uncommonReading);
      return [{ terms: [term], text, likelihood }];
    });
  }

  private best(ways: Writing[]): Writing[] {
    return ways
      .sort(
        (one, other) =>
          other.likelihood - one.likelihood || compareCodePoints(one.text, other.text),
      )
      .slice(0, beam);
  }
}

const reads = (character: string, unit: string, begun: boolean): boolean =>
  readings(character).some((reading) => (begun ? reading.startsWith(unit) : reading === unit));

function joined(way: Writing, next: Writing): Writing[] {
  const [shared, last] = Array.from(next.text);
  if (shared === undefined || last === undefined || !way.text.endsWith(shared)) return [];
  return [
    {
      terms: [...way.terms, ...next.terms],
      text: way.text + last,
      likelihood: Math.min(way.likelihood, next.likelihood),
    },
  ];
}
