import { compareCodePoints } from './code-points.js';
import type { SearchCursor } from './course-index.js';

export interface RankedPage {
  ordinals: number[];
  /** Whether more come after it. */
  more: boolean;
}

export interface Order {
  valueOf: (ordinal: number) => number | string;
  /** Ids break ties. */
  idOf: (ordinal: number) => string;
  ascending: boolean;
}

/** The best of some courses, in order, from a cursor on: only `limit` of them are kept at a time. */
export function rankedPage(
  ordinals: Iterable<number>,
  { valueOf, idOf, ascending }: Order,
  limit: number,
  after?: SearchCursor,
): RankedPage {
  const kept: number[] = [];
  const values: (number | string)[] = [];
  let more = false;
  const compare = (value: number | string, ordinal: number, other: number | string, id: string) =>
    compareValues(value, other) * (ascending ? 1 : -1) || compareCodePoints(idOf(ordinal), id);
  for (const ordinal of ordinals) {
    const value = valueOf(ordinal);
    if (after && compare(value, ordinal, after.value, after.id) <= 0) continue;
    const follows = (at: number) =>
      compare(value, ordinal, values[at] ?? '', idOf(kept[at] ?? 0)) > 0;
    if (kept.length >= limit) {
      more = true;
      if (limit === 0 || follows(limit - 1)) continue;
      kept.pop();
      values.pop();
    }
    let [low, high] = [0, kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (follows(middle)) low = middle + 1;
      else high = middle;
    }
    kept.splice(low, 0, ordinal);
    values.splice(low, 0, value);
  }
  return { ordinals: kept, more };
}

const compareValues = (one: number | string, other: number | string): number =>
  typeof one === 'number' ? one - Number(other) : compareCodePoints(one, String(other));
