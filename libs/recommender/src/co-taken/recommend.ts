import { best, type Model, type Scored } from './model.js';

export interface Wanted {
  limit: number;
  /** Items that may be shown; by live data, not the model's. */
  allowed: (item: string) => boolean;
}

export interface Recommended extends Scored {
  /** The item whose term of the sum is largest; absent where popularity carries it. */
  because?: string;
}

/** Events below which popularity is blended in, falling linearly. */
const fewEvents = 5;

const take = (scored: readonly Scored[], { limit, allowed }: Wanted): Scored[] => {
  const found: Scored[] = [];
  for (const entry of scored) {
    if (found.length === limit) break;
    if (allowed(entry.item)) found.push(entry);
  }
  return found;
};

export const popular = (model: Model, wanted: Wanted): Scored[] => take(model.popular, wanted);

export const trending = (model: Model, wanted: Wanted): Scored[] => take(model.trending, wanted);

export const similar = (model: Model, item: string, wanted: Wanted): Scored[] =>
  take(Object.hasOwn(model.neighbours, item) ? (model.neighbours[item] ?? []) : [], wanted);

/**
 * score(i) = Σ over the user's items j of weight(j) · similarity(j, i), plus for short histories
 * (1 − n/5) · popularity(i) / max popularity. The reason is the largest term of that sum.
 */
export function personal(
  model: Model,
  history: readonly { item: string; weight: number }[],
  wanted: Wanted,
): Recommended[] {
  const sums = new Map<string, { score: number; term: number; because?: string }>();
  const add = (item: string, term: number, because?: string): void => {
    const sum = sums.get(item) ?? { score: 0, term: 0 };
    sum.score += term;
    if (term > sum.term) {
      sum.term = term;
      if (because === undefined) delete sum.because;
      else sum.because = because;
    }
    sums.set(item, sum);
  };
  for (const { item, weight } of [...history].sort((one, other) =>
    one.item < other.item ? -1 : 1,
  )) {
    for (const near of Object.hasOwn(model.neighbours, item) ? (model.neighbours[item] ?? []) : [])
      add(near.item, weight * near.score, item);
  }
  const share = Math.max(0, 1 - history.length / fewEvents);
  const most = model.popular[0]?.score ?? 1;
  if (share > 0) for (const { item, score } of model.popular) add(item, (share * score) / most);
  const scored = best([...sums].map(([item, { score }]) => ({ item, score })));
  const personalised = take(scored, wanted).map(({ item, score }) => {
    const because = sums.get(item)?.because;
    return { item, score, ...(because !== undefined && { because }) };
  });
  if (personalised.length === wanted.limit) return personalised;
  // Never fewer than there are: what is left is filled by popularity.
  const shown = new Set(personalised.map(({ item }) => item));
  const rest = take(model.popular, {
    limit: wanted.limit - shown.size,
    allowed: (item) => !shown.has(item) && wanted.allowed(item),
  });
  return [...personalised, ...rest.map(({ item }) => ({ item, score: 0 }))];
}
