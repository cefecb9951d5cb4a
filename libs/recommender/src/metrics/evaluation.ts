import type { Interactions } from '../data/interactions.js';
import { averagePrecision, ndcg, precision, recall, reciprocalRank } from './list-metrics.js';
import { type Case, Ranker, type Scorer } from './ranker.js';

/** Means over all users with held-out items; each between 0 and 1, `novelty` in bits. */
export interface Metrics {
  ndcg: number;
  map: number;
  precision: number;
  recall: number;
  mrr: number;
  /** Share of the catalogue that is in at least one list. */
  coverage: number;
  /** Mean of −log₂ of the share of users who have the item (Zhou et al. 2010). */
  novelty: number;
  /** Mean over the pairs of a list of 1 − cosine of their sets of users (Smyth, McClave 2001). */
  diversity: number;
}

/** Collects the lists of many users. */
export class Evaluation {
  private readonly sums = {
    ndcg: 0,
    map: 0,
    precision: 0,
    recall: 0,
    mrr: 0,
    novelty: 0,
    diversity: 0,
  };
  private readonly shown: Uint8Array;
  private readonly counts: Int32Array;
  private readonly ranker: Ranker;
  private users = 0;

  /** Popularity and similarity of items are those of `train`. */
  constructor(
    private readonly train: Interactions,
    k: number,
  ) {
    this.counts = train.itemCounts();
    this.shown = new Uint8Array(train.items.length);
    this.ranker = new Ranker(train.items.length, k);
  }

  /** @returns the nDCG of the user's list */
  add(scorer: Scorer, user: Case): number {
    const list = this.ranker.list(scorer, user);
    const judged = this.ranker.judged(list, user);
    const gained = ndcg(judged);
    this.users += 1;
    this.sums.ndcg += gained;
    this.sums.map += averagePrecision(judged);
    this.sums.precision += precision(judged);
    this.sums.recall += recall(judged);
    this.sums.mrr += reciprocalRank(judged);
    this.sums.novelty += this.noveltyOf(list);
    this.sums.diversity += this.diversityOf(list);
    for (const item of list) this.shown[item] = 1;
    return gained;
  }

  /** All 0 where nobody was added. */
  metrics(): Metrics {
    const mean = (sum: number): number => (this.users === 0 ? 0 : sum / this.users);
    const shown = this.shown.reduce((sum, one) => sum + one, 0);
    return {
      ndcg: mean(this.sums.ndcg),
      map: mean(this.sums.map),
      precision: mean(this.sums.precision),
      recall: mean(this.sums.recall),
      mrr: mean(this.sums.mrr),
      coverage: this.shown.length === 0 ? 0 : shown / this.shown.length,
      novelty: mean(this.sums.novelty),
      diversity: mean(this.sums.diversity),
    };
  }

  private noveltyOf(list: readonly number[]): number {
    if (list.length === 0) return 0;
    // An item nobody has says as much as one that a single user has.
    const bits = list.map((item) =>
      Math.log2(this.train.users.length / Math.max(1, this.counts[item]!)),
    );
    return bits.reduce((sum, one) => sum + one, 0) / list.length;
  }

  private diversityOf(list: readonly number[]): number {
    let sum = 0;
    let pairs = 0;
    for (let one = 0; one < list.length; one += 1)
      for (let other = one + 1; other < list.length; other += 1) {
        sum += 1 - this.cosine(list[one]!, list[other]!);
        pairs += 1;
      }
    return pairs === 0 ? 0 : sum / pairs;
  }

  /** Of the sets of users of two items. */
  private cosine(one: number, other: number): number {
    const { start, rows } = this.train.byItem();
    let [a, b] = [start[one]!, start[other]!];
    const [endA, endB] = [start[one + 1]!, start[other + 1]!];
    let both = 0;
    while (a < endA && b < endB) {
      const difference = rows[a]! - rows[b]!;
      if (difference === 0) both += 1;
      if (difference <= 0) a += 1;
      if (difference >= 0) b += 1;
    }
    return both === 0 ? 0 : both / Math.sqrt(this.counts[one]! * this.counts[other]!);
  }
}
