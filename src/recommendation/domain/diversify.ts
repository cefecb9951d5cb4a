import type { Ranked } from './best-first.js';

/**
 * Maximal marginal relevance (Carbonell, Goldstein: "The use of MMR, diversity-based reranking for
 * reordering documents and producing summaries", SIGIR 1998): each next one has the largest
 * (1 − diversity) · relevance − diversity · largest similarity to one chosen before. Relevance is the
 * score over the pool's range, 0 to 1. Ties keep their order.
 * @param pool best first @param similarity 0 to 1
 */
export function diversify<T extends Ranked>(
  pool: readonly T[],
  count: number,
  diversity: number,
  similarity: (one: T, other: T) => number,
): T[] {
  const [highest, lowest] = [pool[0]?.score ?? 0, pool.at(-1)?.score ?? 0];
  const range = highest - lowest || 1;
  const left = pool.map((item) => ({ item, nearest: 0, relevance: (item.score - lowest) / range }));
  const chosen: T[] = [];
  while (chosen.length < count && left.length > 0) {
    let best = 0;
    let most = -Infinity;
    for (const [at, { relevance, nearest }] of left.entries()) {
      const value = (1 - diversity) * relevance - diversity * nearest;
      if (value > most) [best, most] = [at, value];
    }
    const [next] = left.splice(best, 1);
    if (!next) break;
    chosen.push(next.item);
    for (const one of left) one.nearest = Math.max(one.nearest, similarity(one.item, next.item));
  }
  return chosen;
}
