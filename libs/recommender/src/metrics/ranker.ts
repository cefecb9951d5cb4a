import type { History } from '../data/history.js';
import type { Judged } from './list-metrics.js';
import { topK } from './top-k.js';

/** Anything that scores every item for a user of such a history; larger is better. */
export interface Scorer {
  /** Overwrites `scores`, one an item of the catalogue. */
  score(history: History, scores: Float64Array): void;
}

/** A user whose list is judged. */
export interface Case {
  history: History;
  /** Places in the catalogue. */
  heldOut: ReadonlySet<number>;
  /** Held-out items that the catalogue does not have: they count, and cannot be hit. */
  unknown: number;
}

/** Ranks the whole catalogue without the user's history. */
export class Ranker {
  private readonly excluded: Uint8Array;
  private readonly scores: Float64Array;

  constructor(
    items: number,
    private readonly k: number,
  ) {
    this.excluded = new Uint8Array(items);
    this.scores = new Float64Array(items);
  }

  list(scorer: Scorer, { history }: Case): number[] {
    scorer.score(history, this.scores);
    for (const item of history.items) this.excluded[item] = 1;
    const list = topK(this.scores, this.k, this.excluded);
    for (const item of history.items) this.excluded[item] = 0;
    return list;
  }

  judged(list: readonly number[], { heldOut, unknown }: Case): Judged {
    const hits = list.map((item) => heldOut.has(item));
    return { hits, heldOut: heldOut.size + unknown, k: this.k };
  }
}
