import type { Millis } from '#libs/kernel';
import type { Interaction, InteractionType, Trend } from './interactions.js';

/** An interaction a week old weighs half of one made now; ms. */
export const trendHalfLifeMs = 7 * 24 * 3600_000;

/**
 * Forward decay (Cormode, Shkapenyuk, Srivastava, Xu: "Forward decay: a practical time decay model for
 * streaming systems", ICDE 2009): weights grow with the time since a landmark instead of shrinking
 * with age. They keep their ratios as time passes, so a plain sum per course, added to by whichever
 * replica, is exact and in the right order at any time. A double holds 1,000 half-lives, until 2045.
 */
export const trendLandmark: Millis = Date.UTC(2026, 0, 1);

/** Outside of so many half-lives around the landmark a time is not a time of ours. */
export const trendRange = 900;

export const trendWeights: Readonly<Record<InteractionType, number>> = {
  view: 0.2,
  enrol: 1,
  complete: 1,
  rate: 0.5,
  hide: 0,
  unhide: 0,
};

/** What an interaction adds to the trend of its course. */
export function trendWeight({ type, at }: Pick<Interaction, 'type' | 'at'>): number {
  const halfLives = (at - trendLandmark) / trendHalfLifeMs;
  return Math.abs(halfLives) <= trendRange ? trendWeights[type] * 2 ** halfLives : 0;
}

/** A trend as of `now`: interactions, each weighed by 2^(−age / half-life). */
export const trendScore = ({ weight }: Pick<Trend, 'weight'>, now: Millis): number =>
  weight * 2 ** (-(now - trendLandmark) / trendHalfLifeMs);

/** What events stored together add, by course in code-point order; who repeats themselves counts once. */
export function trendsOf(events: readonly Interaction[]): Trend[] {
  const counted = new Set<string>();
  const sums = new Map<string, number>();
  for (const event of events) {
    const { user, courseId, type } = event;
    const key = JSON.stringify([user, courseId, type]);
    const weight = trendWeight(event);
    if (weight === 0 || counted.has(key)) continue;
    counted.add(key);
    sums.set(courseId, (sums.get(courseId) ?? 0) + weight);
  }
  return [...sums]
    .map(([courseId, weight]) => ({ courseId, weight }))
    .sort((one, other) => (one.courseId < other.courseId ? -1 : 1));
}

/** Whether of two events about hiding the first is the later one. */
export const isLater = (
  one: Pick<Interaction, 'at' | 'id'>,
  other: Pick<Interaction, 'at' | 'id'>,
): boolean => one.at > other.at || (one.at === other.at && one.id > other.id);

export const isAboutHiding = ({ type }: Pick<Interaction, 'type'>): boolean =>
  type === 'hide' || type === 'unhide';
