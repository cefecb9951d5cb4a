import type { SparseRows } from '../data/sparse-rows.js';
import type { Metrics } from '../metrics/evaluation.js';

export const algorithms = ['popularity', 'item-knn', 'rp3beta', 'ease', 'ials', 'blend'] as const;
export type Algorithm = (typeof algorithms)[number];

export interface ModelMeta {
  algorithm: Algorithm;
  /** What was chosen, by name: `ease.lambda`, … */
  parameters: Readonly<Record<string, number>>;
  /** On held-out interactions of an inner split, before the final fit on all; null where there was too little to split, or no time. */
  metrics: (Metrics & { k: number; users: number }) | null;
  counts: { users: number; items: number; interactions: number };
  /** ms since the epoch, as the trainer was told */
  trainedAt: number;
}

/** One of the scores whose weighted sum is the model's. */
interface Part {
  /** Its share of the sum; every part is standardised over the user's unseen items first. */
  share: number;
  /** A history's weight w counts as 1 + strength·(w − 1). */
  strength: number;
}

/** score(j) = Σ over the history's items i of weight(i) · rows[i][j]. */
export interface NeighbourPart extends Part {
  name: 'item-knn' | 'rp3beta' | 'ease';
  rows: SparseRows;
}

/**
 * score(j) = x·yⱼ, where x solves (gram + Σ w(i)·yᵢyᵢᵀ + λ(n)·I) x = Σ w(i)·yᵢ over the n items of the history, and
 * λ(n) = lambda·(n + alpha·items).
 */
export interface FactorPart extends Part {
  name: 'ials';
  dimensions: number;
  lambda: number;
  alpha: number;
  /** items × dimensions, by row */
  factors: Float32Array;
  /** alpha·YᵀY, dimensions × dimensions */
  gram: Float32Array;
}

/** What training yields and serving reads; bounded by the number of items, whatever the number of interactions. */
export interface Model {
  meta: ModelMeta;
  /** Ids in the order of their code units. */
  items: readonly string[];
  /** Users of each item. */
  popularity: Float32Array;
  neighbours: readonly NeighbourPart[];
  factors: FactorPart | null;
}

/** The place of an id among the model's items, −1 where it has no such item. */
export function placeOf({ items }: Pick<Model, 'items'>, id: string): number {
  let from = 0;
  let to = items.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (items[middle]! < id) from = middle + 1;
    else to = middle;
  }
  return items[from] === id ? from : -1;
}
