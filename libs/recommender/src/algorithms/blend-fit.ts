import type { History } from '../data/history.js';
import type { Scorer } from '../metrics/ranker.js';
import { addStandardised, standardisation } from '../model/standardise.js';

/** Σ of share · z-score over the user's unseen items, as served models have it, of scorers in full precision. */
export class BlendFit implements Scorer {
  private readonly part: Float64Array;

  constructor(
    private readonly parts: readonly { scorer: Scorer; share: number }[],
    items: number,
  ) {
    this.part = new Float64Array(items);
  }

  score(history: History, scores: Float64Array): void {
    scores.fill(0);
    for (const { scorer, share } of this.parts) {
      if (share === 0) continue;
      scorer.score(history, this.part);
      addStandardised(this.part, standardisation(this.part, history.items, share), scores);
    }
  }
}
