import type { History } from '../data/history.js';
import type { Scorer } from '../metrics/ranker.js';
import { addStandardised } from '../model/standardise.js';

/** Σ of share · z-score over the user's unseen items, as served models have it, of scorers in full precision. */
export class BlendFit implements Scorer {
  private readonly part: Float64Array;
  private readonly seen: Uint8Array;

  constructor(
    private readonly parts: readonly { scorer: Scorer; share: number }[],
    items: number,
  ) {
    this.part = new Float64Array(items);
    this.seen = new Uint8Array(items);
  }

  score(history: History, scores: Float64Array): void {
    scores.fill(0);
    for (const item of history.items) this.seen[item] = 1;
    for (const { scorer, share } of this.parts) {
      if (share === 0) continue;
      scorer.score(history, this.part);
      addStandardised(this.part, this.seen, share, scores);
    }
    for (const item of history.items) this.seen[item] = 0;
  }
}
