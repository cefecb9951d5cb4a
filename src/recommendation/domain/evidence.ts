import type { EnrolmentRecord, Interaction, InteractionType } from '#libs/state';

/** The latest events of a user that are looked at; a million of them take no longer. */
export const recentEvents = 200;
/** Different courses that speak for a user, the latest ones. */
export const spokenFor = 100;

const weights: Readonly<Record<Exclude<InteractionType, 'rate'>, number>> = {
  view: 0.3,
  enrol: 1,
  complete: 1.5,
  hide: 0,
  unhide: 0,
};

/**
 * How much an interaction says for its course, in training as in serving: 1 is enrolling, a rating
 * counts 0.5 (one star) to 1.5 (five). 0 says nothing, and so does what cannot be understood.
 */
export function evidenceOf({ type, value }: Pick<Interaction, 'type' | 'value'>): number {
  if (type !== 'rate') return weights[type] ?? 0;
  return value !== undefined && value >= 1 && value <= 5 ? 0.5 + (value - 1) / 4 : 0;
}

/** What a user did, as recommending sees it. */
export interface Evidence {
  /** Courses that speak for the user, ascending by id, each with its largest weight. */
  history: { item: string; weight: number }[];
  /** Courses that are recommended no more: taken, or hidden. */
  settled: ReadonlySet<string>;
}

/** @param events newest first @param enrolments newest first, all there are */
export function evidence(
  events: readonly Interaction[],
  enrolments: readonly Pick<EnrolmentRecord, 'courseId'>[],
  hidden: readonly string[],
): Evidence {
  const settled = new Set(hidden);
  for (const { courseId } of enrolments) settled.add(courseId);
  const weightOf = new Map<string, number>();
  const speaks = (courseId: string, weight: number): void => {
    const before = weightOf.get(courseId);
    if (weight > 0 && (before !== undefined || weightOf.size < spokenFor))
      weightOf.set(courseId, Math.max(weight, before ?? 0));
  };
  for (const event of events) {
    speaks(event.courseId, evidenceOf(event));
    if (event.type === 'enrol' || event.type === 'complete' || event.type === 'rate')
      settled.add(event.courseId);
  }
  for (const { courseId } of enrolments) speaks(courseId, 1);
  // What was hidden is no taste of the user's.
  for (const courseId of hidden) weightOf.delete(courseId);
  const history = [...weightOf].map(([item, weight]) => ({ item, weight }));
  return { history: history.sort((one, other) => (one.item < other.item ? -1 : 1)), settled };
}
