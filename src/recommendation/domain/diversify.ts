import type { Ranked } from './best-first.js';

/** Hands `work` how similar others are to `one`, 0 to 1. */
export type Comparing<T> = (one: T, work: (similarity: (other: T) => number) => void) => void;

/**
 * Maximal marginal relevance (Carbonell, Goldstein: "The use of MMR, diversity-based reranking for
 * reordering documents and producing summaries", SIGIR 1998): each next one has the largest
 * (1 − diversity) · relevance − diversity · largest similarity to one chosen before. Relevance is the
 * score over the pool's range, 0 to 1. Ties keep their order.
 * @param pool best first
 */
export function diversify<T extends Ranked>(
  pool: readonly T[],
  count: number,
  diversity: number,
  comparing: Comparing<T>,
): T[] {
  const [highest, lowest] = [pool[0]?.score ?? 0, pool.at(-1)?.score ?? 0];
  const range = highest - lowest || 1;
  const left = pool.map((item) => ({ item, nearest: 0, relevance: (item.score - lowest) / range }));
  const chosen: T[] = [];
  while (chosen.length < count && left.length > 0) {
    let best = 0;
    let most = -Infinity;
    for (let at = 0; at < left.length; at += 1) {
      const { relevance, nearest } = left[at]!;
      const value = (1 - diversity) * relevance - diversity * nearest;
      if (value > most) [best, most] = [at, value];
    }
    const [next] = left.splice(best, 1);
    if (!next) break;
    chosen.push(next.item);
    comparing(next.item, (similarity) => {
      for (const one of left) one.nearest = Math.max(one.nearest, similarity(one.item));
    });
  }
  return chosen;
}
