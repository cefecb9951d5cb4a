import type { Corpus } from './corpus.js';
import type { Lexicon } from './lexicon.js';
import { type Clause, type ParsedQuery, parseQuery } from './query-parser.js';
import { QueryPlanner } from './query-plan.js';
import { Scorer } from './scorer.js';
import type { Synonyms } from './synonyms.js';

export interface Found {
  found: Uint32Array;
  /** No course has all that is asked for: these have most of it. */
  relaxed: boolean;
  /** Good until the next query. */
  scoreOf: (ordinal: number) => number;
}

type Passes = (ordinal: number) => boolean;

/** How much of what is asked for a course has to have where none has it all. */
const most = 0.5;
/** The best by their words, which are looked at once more. */
const lookedAt = 64;
const bonus = { whole: 1.5, begins: 1.2, contains: 1.1 };
const titleField = 0;

/** Finds courses by a text, and says how well each answers it. */
export class Finder {
  private readonly planner: QueryPlanner;
  private readonly scorer: Scorer;
  private readonly excluded: Scorer;

  constructor(
    private readonly corpus: Corpus,
    lexicon: Lexicon,
    synonyms: readonly Synonyms[],
  ) {
    this.planner = new QueryPlanner(corpus, lexicon, synonyms);
    this.scorer = new Scorer(corpus);
    this.excluded = new Scorer(corpus);
  }

  /** @param ordinals one more than the highest in use @param fields those that count, a bit each */
  find(text: string, ordinals: number, fields: number, passes: Passes): Found {
    const query = parseQuery(text);
    const allowed = this.allowed(query, ordinals, passes);
    if (query.wanted.length === 0) return this.allBut(query, ordinals, allowed);
    for (const forgiving of [false, true]) {
      const planned = this.planner.wanted(query, forgiving);
      const all = this.scorer.run(planned, ordinals, fields).filter(allowed);
      const needed = planned.filter(({ optional }) => !optional).length;
      const complete = all.filter((at) => this.scorer.complete[at] === needed);
      if (complete.length > 0) return this.ranked(query, complete, false);
      if (forgiving) return this.ranked(query, this.nearly(all, needed), true);
    }
    return this.ranked(query, new Uint32Array(0), false);
  }

  /** Where only things unwanted are named, everything else is wanted. */
  private allBut({ unwanted }: ParsedQuery, ordinals: number, allowed: Passes): Found {
    const all = unwanted.length > 0 ? Uint32Array.from({ length: ordinals }, (_, at) => at) : [];
    return { found: Uint32Array.from(all).filter(allowed), relaxed: false, scoreOf: () => 0 };
  }

  private allowed(query: ParsedQuery, ordinals: number, passes: Passes): Passes {
    if (query.unwanted.length === 0) return passes;
    const named = this.excluded.run(this.planner.unwanted(query), ordinals, ~0);
    const not = new Set(named);
    return (ordinal) => !not.has(ordinal) && passes(ordinal);
  }

  /** Those with most of what is asked for, or as much of it as any has. */
  private nearly(found: Uint32Array, needed: number): Uint32Array {
    const { coverage, scores } = this.scorer;
    let best = 0;
    for (const ordinal of found) best = Math.max(best, coverage[ordinal] ?? 0);
    const wanted = Math.min(best, needed * most);
    const kept =
      best > 0
        ? found.filter((ordinal) => (coverage[ordinal] ?? 0) >= wanted - 1e-9)
        : new Uint32Array(0);
    for (const ordinal of kept) {
      const part = (coverage[ordinal] ?? 0) / needed;
      scores[ordinal] = (scores[ordinal] ?? 0) * part * part;
    }
    return kept;
  }

  /** A course called just so comes before one that has the words somewhere. */
  private ranked({ wanted }: ParsedQuery, found: Uint32Array, relaxed: boolean): Found {
    const { scores } = this.scorer;
    const sequence = this.sequenceOf(wanted);
    if (sequence.length > 0)
      for (const ordinal of this.best(found)) {
        const { begins, whole } = this.corpus.begins(ordinal, titleField, sequence);
        const contains = sequence.length > 1 && this.corpus.contains(ordinal, sequence);
        const factor = whole ? bonus.whole : begins ? bonus.begins : contains ? bonus.contains : 1;
        scores[ordinal] = (scores[ordinal] ?? 0) * factor;
      }
    return { found, relaxed: relaxed && found.length > 0, scoreOf: (at) => scores[at] ?? 0 };
  }

  private sequenceOf(clauses: readonly Clause[]): number[] {
    const terms = clauses.flatMap(({ terms }) => terms);
    const found = terms.map(({ term }) => this.corpus.dictionary.find(term));
    return found.every((term) => term >= 0) ? found : [];
  }

  /** Those with the highest scores, and all with the score of the last of them. */
  private best(found: Uint32Array): Uint32Array {
    if (found.length <= lookedAt) return found;
    const scores = Float64Array.from(found, (ordinal) => this.scorer.scores[ordinal] ?? 0).sort();
    const least = scores[scores.length - lookedAt] ?? 0;
    return found.filter((ordinal) => (this.scorer.scores[ordinal] ?? 0) >= least);
  }
}
