/**
 * Metrics of one user's list against the items held out for that user; relevance is binary. `hits[r]` tells whether
 * the item at rank r + 1 was held out; `heldOut` counts the user's held-out items, above 0; `k` is the length of a
 * full list, which `hits` may fall short of. Formulas and sources: docs/recommendations.md.
 */
export interface Judged {
  hits: readonly boolean[];
  heldOut: number;
  k: number;
}

/** Σ over hits at rank r ≤ k of 1 / log₂(r + 1), over what an ideal list gets (Järvelin, Kekäläinen 2002). */
export function ndcg({ hits, heldOut, k }: Judged): number {
  let gained = 0;
  let ideal = 0;
  for (let at = 0; at < k; at += 1) {
    const gain = 1 / Math.log2(at + 2);
    if (hits[at]) gained += gain;
    if (at < heldOut) ideal += gain;
  }
  return gained / ideal;
}

/** Σ over hits at rank r ≤ k of the precision at r, over min(k, held out). */
export function averagePrecision({ hits, heldOut, k }: Judged): number {
  let found = 0;
  let sum = 0;
  for (let at = 0; at < k; at += 1) {
    if (!hits[at]) continue;
    found += 1;
    sum += found / (at + 1);
  }
  return sum / Math.min(k, heldOut);
}

const found = ({ hits, k }: Judged): number => hits.slice(0, k).filter(Boolean).length;

/** Hits over k, for lists that are shorter too. */
export const precision = (judged: Judged): number => found(judged) / judged.k;

/** Hits over all that was held out. */
export const recall = (judged: Judged): number => found(judged) / judged.heldOut;

/** 1 over the rank of the first hit, 0 without one among the k. */
export function reciprocalRank({ hits, k }: Judged): number {
  const first = hits.slice(0, k).indexOf(true);
  return first < 0 ? 0 : 1 / (first + 1);
}
