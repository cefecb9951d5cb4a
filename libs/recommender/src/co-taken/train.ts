import { best, type Interaction, type Model, type Scored } from './model.js';

const dayMs = 24 * 3600_000;
/** A week-old interaction weighs half of one made now. */
export const halfLifeMs = 7 * dayMs;
/** Ratings an item needs before its own average outweighs everybody's. */
export const prior = 5;
/** Added to the product of norms: pairs seen together only once or twice are not trusted. */
export const shrinkage = 5;
export const neighbourCount = 50;

const weights: Record<Interaction['type'], number> = {
  view: 0.2,
  enrol: 1,
  complete: 2,
  rate: 0.5,
};

/**
 * - popular: the damped average rating (sum + prior·mean) / (count + prior), times ln(1 + weight of all interactions);
 * - trending: Σ weight · 2^(−age / half-life), age counted from `now`;
 * - neighbours: cosine of the sets of users who took both, shrunk: |A∩B| / (√|A|·√|B| + shrinkage).
 */
export function train(interactions: readonly Interaction[], { now }: { now: number }): Model {
  const ratings = new Map<string, { sum: number; count: number }>();
  const weight = new Map<string, number>();
  const recent = new Map<string, number>();
  const takenBy = new Map<string, Set<string>>();
  for (const { user, item, type, value, at } of interactions) {
    add(weight, item, weights[type]);
    add(recent, item, weights[type] * 2 ** (-Math.max(0, now - at) / halfLifeMs));
    if (type === 'rate' && value !== undefined) {
      const rating = ratings.get(item) ?? { sum: 0, count: 0 };
      ratings.set(item, { sum: rating.sum + value, count: rating.count + 1 });
    }
    if (type === 'view') continue;
    const items = takenBy.get(user);
    if (items) items.add(item);
    else takenBy.set(user, new Set([item]));
  }
  const all = [...ratings.values()].reduce(
    (total, { sum, count }) => ({ sum: total.sum + sum, count: total.count + count }),
    { sum: 0, count: 0 },
  );
  const mean = all.count > 0 ? all.sum / all.count : 3;
  const popular = [...weight].map(([item, total]) => {
    const { sum, count } = ratings.get(item) ?? { sum: 0, count: 0 };
    return { item, score: ((sum + prior * mean) / (count + prior)) * Math.log1p(total) };
  });
  return {
    popular: best(popular),
    trending: best([...recent].map(([item, score]) => ({ item, score }))),
    neighbours: neighbours(takenBy),
  };
}

function neighbours(takenBy: ReadonlyMap<string, ReadonlySet<string>>): Record<string, Scored[]> {
  const users = new Map<string, number>();
  const together = new Map<string, Map<string, number>>();
  for (const items of takenBy.values()) {
    for (const item of items) {
      add(users, item, 1);
      const counts = together.get(item) ?? new Map<string, number>();
      together.set(item, counts);
      for (const other of items) if (other !== item) add(counts, other, 1);
    }
  }
  const norm = (item: string): number => Math.sqrt(users.get(item) ?? 0);
  const rows = [...together].sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(
    rows.map(([item, counts]) => {
      const scored = [...counts].map(([other, count]) => ({
        item: other,
        score: count / (norm(item) * norm(other) + shrinkage),
      }));
      return [item, best(scored).slice(0, neighbourCount)];
    }),
  );
}

function add(sums: Map<string, number>, key: string, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}
