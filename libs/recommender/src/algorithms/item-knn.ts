import type { Interactions } from '../data/interactions.js';
import type { SparseRows } from '../data/sparse-rows.js';
import { cooccurrence } from './cooccurrence.js';

export interface ItemKnnParameters {
  neighbours: number;
  /** Added to the product of norms: pairs seen together only a few times are not trusted. */
  shrinkage: number;
}

/** Shrunk cosine: |A ∩ B| / (√|A|·√|B| + shrinkage), the nearest of each item kept. */
export function fitItemKnn(
  data: Interactions,
  { neighbours, shrinkage }: ItemKnnParameters,
): SparseRows {
  const counts = data.itemCounts();
  return cooccurrence(
    data,
    neighbours,
    () => 1,
    (both, from, to) => both / (Math.sqrt(counts[from]! * counts[to]!) + shrinkage),
  );
}
