import type { Corpus } from './corpus.js';
import { readings } from './pinyin.js';
import { TermKind } from './term-dictionary.js';

/** Ways to write what was typed that are followed further. */
const beam = 48;

/** A way to write it: its pairs of characters, or the one character. */
export interface Writing {
  terms: number[];
  text: string;
}

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
    return this.from(
      left.slice(0, 1) + right.slice(0, 1),
      TermKind.pair,
      ([one = '', other = '']) => reads(one, left, begun(at)) && reads(other, right, begun(at + 1)),
    );
  }

  private alone(unit: string, begun: boolean): Writing[] {
    return this.from(unit.slice(0, 1), TermKind.character, ([one = '']) => reads(one, unit, begun));
  }

  private from(key: string, kind: TermKind, right: (characters: string[]) => boolean): Writing[] {
    const { corpus } = this;
    return (this.byInitials.get(key) ?? []).flatMap((term) => {
      if (corpus.dictionary.kind(term) !== kind || corpus.documentFrequency(term) === 0) return [];
      const text = corpus.dictionary.text(term);
      return right(Array.from(text)) ? [{ terms: [term], text }] : [];
    });
  }

  private best(ways: Writing[]): Writing[] {
    const least = ({ terms }: Writing) =>
      Math.min(...terms.map((term) => this.corpus.documentFrequency(term)));
    return ways
      .map((way) => ({ way, count: least(way) }))
      .sort((one, other) => other.count - one.count || (one.way.text < other.way.text ? -1 : 1))
      .slice(0, beam)
      .map(({ way }) => way);
  }
}

const reads = (character: string, unit: string, begun: boolean): boolean =>
  readings(character).some((reading) => (begun ? reading.startsWith(unit) : reading === unit));

function joined(way: Writing, next: Writing): Writing[] {
  const [shared, last] = Array.from(next.text);
  if (shared === undefined || last === undefined || !way.text.endsWith(shared)) return [];
  return [{ terms: [...way.terms, ...next.terms], text: way.text + last }];
}
