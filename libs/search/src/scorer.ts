import type { Corpus } from './corpus.js';
import { Hits } from './hits.js';
import type { Matcher, PlannedClause } from './query-plan.js';
import { TermKind } from './term-dictionary.js';

/** Saturation of BM25: how soon more of a term tells no more. */
const k1 = 1.2;

/** What the clauses of a query come to, course by course; its columns serve one query after the other. */
export class Scorer {
  /** Courses that match at least a part of a clause. */
  found = new Uint32Array(0);
  scores = new Float64Array(0);
  /** Of how many clauses that are needed all is covered, and how much of all those together. */
  complete = new Uint8Array(0);
  coverage = new Float64Array(0);
  private count = 0;
  private seen = new Uint8Array(0);
  private clauseScores = new Float64Array(0);
  private clauseBits = new Uint32Array(0);
  private touched = new Uint32Array(0);
  private touchedCount = 0;
  private partCounts = new Uint8Array(0);
  private partScores = new Float64Array(0);
  private readonly hits = new Hits();

  constructor(private readonly corpus: Corpus) {}

  /**
   * Scores every course by every clause, in their order, so that sums are the same on every replica.
   * @param ordinals one more than the highest in use @param fields those that count, a bit each
   */
  run(clauses: readonly PlannedClause[], ordinals: number, fields: number): Uint32Array {
    this.reset(ordinals);
    this.corpus.weights.prepare();
    for (const clause of clauses) {
      for (const one of clause.matchers) this.match(clause, one, fields);
      this.finish(clause);
    }
    return this.found.subarray(0, this.count);
  }

  private match(clause: PlannedClause, one: Matcher, fields: number): void {
    const [only = -1, ...more] = one.terms;
    const best = clause.full === 1;
    if (more.length > 0) {
      this.matchAll(clause, one, fields);
      return;
    }
    const { hits } = this;
    this.corpus.load(only, fields & one.fields, hits);
    const factor = one.weight * this.rarity(only, clause.frequency);
    for (let at = 0; at < hits.count; at += 1) {
      const weight = hits.weights[at] ?? 0;
      this.give(clause, one, hits.ordinals[at] ?? 0, (factor * weight) / (k1 + weight), best);
    }
  }

  /** Courses with all terms of the matcher; the rarest first, so that few are looked at again. */
  private matchAll(clause: PlannedClause, one: Matcher, fields: number): void {
    const { hits, corpus } = this;
    const terms = one.terms
      .map((term, at) => ({ term, at, df: corpus.documentFrequency(term) }))
      .sort((x, y) => x.df - y.df || x.at - y.at);
    let candidates: number[] = [];
    for (const [step, { term }] of terms.entries()) {
      corpus.load(term, fields & one.fields, hits);
      const rarity = this.rarity(term, clause.frequency);
      const kept: number[] = [];
      for (let at = 0; at < hits.count; at += 1) {
        const ordinal = hits.ordinals[at] ?? 0;
        if (this.partCounts[ordinal] !== step) continue;
        const weight = hits.weights[at] ?? 0;
        this.partCounts[ordinal] = step + 1;
        this.partScores[ordinal] =
          (step === 0 ? 0 : (this.partScores[ordinal] ?? 0)) + (rarity * weight) / (k1 + weight);
        kept.push(ordinal);
      }
      for (const ordinal of candidates)
        if (this.partCounts[ordinal] === step) this.partCounts[ordinal] = 0;
      candidates = kept;
    }
    const sequence = one.adjacent ? this.sequenceOf(one.terms) : undefined;
    for (const ordinal of candidates) {
      this.partCounts[ordinal] = 0;
      if (sequence && !corpus.contains(ordinal, sequence, fields & one.fields)) continue;
      const score = (one.weight * (this.partScores[ordinal] ?? 0)) / terms.length;
      this.give(clause, one, ordinal, score, clause.full === 1);
    }
  }

  private give(
    { full }: PlannedClause,
    { bits, filling }: Matcher,
    ordinal: number,
    score: number,
    best: boolean,
  ): void {
    const had = this.clauseBits[ordinal] ?? 0;
    if (filling && ((had & bits) === bits || bitsIn(had) * 2 < bitsIn(full))) return;
    if (had === 0) this.touched[this.touchedCount++] = ordinal;
    const before = this.clauseScores[ordinal] ?? 0;
    this.clauseScores[ordinal] = best ? Math.max(before, score) : before + score;
    this.clauseBits[ordinal] = had | bits;
  }

  private finish({ full, given, optional }: PlannedClause): void {
    const width = bitsIn(full);
    const needed = optional ? 0 : 1;
    for (let at = 0; at < this.touchedCount; at += 1) {
      const ordinal = this.touched[at] ?? 0;
      const bits = ((this.clauseBits[ordinal] ?? 0) | given) & full;
      if (this.seen[ordinal] === 0) this.found[this.count++] = ordinal;
      this.seen[ordinal] = 1;
      this.coverage[ordinal] = (this.coverage[ordinal] ?? 0) + (needed * bitsIn(bits)) / width;
      this.scores[ordinal] = (this.scores[ordinal] ?? 0) + (this.clauseScores[ordinal] ?? 0);
      if (bits === full) this.complete[ordinal] = (this.complete[ordinal] ?? 0) + needed;
      this.clauseBits[ordinal] = 0;
      this.clauseScores[ordinal] = 0;
    }
    this.touchedCount = 0;
  }

  /** ln(1 + (N − df + ½) / (df + ½)); what was not typed so is no rarer than what was. */
  private rarity(term: number, atLeast: number): number {
    const frequency = Math.max(atLeast, this.corpus.documentFrequency(term));
    const all = Math.max(this.corpus.weights.documents, frequency);
    return Math.log(1 + (all - frequency + 0.5) / (frequency + 0.5));
  }

  /** Words and characters, of words and pairs each of which goes on where the one before ends. */
  sequenceOf(terms: readonly number[]): number[] {
    const { dictionary } = this.corpus;
    const sequence: number[] = [];
    for (const [at, term] of terms.entries()) {
      if (dictionary.kind(term) !== TermKind.pair) {
        sequence.push(term);
        continue;
      }
      const characters = Array.from(dictionary.text(term), (one) => dictionary.find(one));
      const goesOn = at > 0 && dictionary.kind(terms[at - 1] ?? -1) === TermKind.pair;
      sequence.push(...(goesOn ? characters.slice(1) : characters));
    }
    return sequence;
  }

  private reset(ordinals: number): void {
    for (const ordinal of this.found.subarray(0, this.count)) {
      this.scores[ordinal] = 0;
      this.coverage[ordinal] = 0;
      this.complete[ordinal] = 0;
      this.seen[ordinal] = 0;
    }
    this.count = 0;
    if (ordinals <= this.scores.length) return;
    const room = Math.ceil(ordinals * 1.25) + 16;
    this.scores = new Float64Array(room);
    this.coverage = new Float64Array(room);
    this.clauseScores = new Float64Array(room);
    this.partScores = new Float64Array(room);
    this.complete = new Uint8Array(room);
    this.seen = new Uint8Array(room);
    this.partCounts = new Uint8Array(room);
    this.found = new Uint32Array(room);
    this.touched = new Uint32Array(room);
    this.clauseBits = new Uint32Array(room);
  }
}

function bitsIn(value: number): number {
  let count = 0;
  for (let bits = value; bits !== 0; bits &= bits - 1) count += 1;
  return count;
}
