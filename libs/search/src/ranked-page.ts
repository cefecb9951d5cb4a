import { compareCodePoints } from './code-points.js';
import type { SearchCursor } from './course-index.js';

export interface RankedPage {
  ordinals: number[];
  /** Whether more come after it. */
  more: boolean;
}

/**
 * The best of some courses, in order, from a cursor on: only `limit` of them are kept at a time.
 * @param keyOf the value a course is sorted by, and its id for ties
 */
export function rankedPage(
  ordinals: Iterable<number>,
  keyOf: (ordinal: number) => SearchCursor,
  { ascending, limit, after }: { ascending: boolean; limit: number; after?: SearchCursor },
): RankedPage {
  const kept: { key: SearchCursor; ordinal: number }[] = [];
  let more = false;
  for (const ordinal of ordinals) {
    const key = keyOf(ordinal);
    if (after && compareKeys(ascending, key, after) <= 0) continue;
    const last = kept.at(-1);
    if (kept.length >= limit) {
      more = true;
      if (!last || compareKeys(ascending, key, last.key) >= 0) continue;
      kept.pop();
    }
    let [low, high] = [0, kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const held = kept[middle];
      if (held && compareKeys(ascending, held.key, key) < 0) low = middle + 1;
      else high = middle;
    }
    kept.splice(low, 0, { key, ordinal });
  }
  return { ordinals: kept.map(({ ordinal }) => ordinal), more };
}

function compareKeys(ascending: boolean, one: SearchCursor, other: SearchCursor): number {
  const byValue =
    typeof one.value === 'string'
      ? compareCodePoints(one.value, String(other.value))
      : one.value - Number(other.value);
  return (ascending ? byValue : -byValue) || compareCodePoints(one.id, other.id);
}
