import type { Millis } from '#libs/kernel';

export const interactionTypes = ['view', 'enrol', 'complete', 'rate', 'hide', 'unhide'] as const;
/** `hide`: the user wants the course recommended no more; `unhide` takes it back. */
export type InteractionType = (typeof interactionTypes)[number];

export interface Interaction {
  /** Time-ordered id: later ones sort after. A repeat of an id is ignored, in what is counted too. */
  id: string;
  user: string;
  courseId: string;
  type: InteractionType;
  /** Stars for `rate`; otherwise absent. */
  value?: number;
  at: Millis;
}

export interface Trend {
  courseId: string;
  /** Sum of `trendWeight` over the course's interactions, > 0; see `trendScore` for what it is worth now. */
  weight: number;
}

/** The append-only record of who did what with which course; what recommendations are made of. */
export abstract class Interactions {
  /**
   * Stores those whose ids are new and, with the same write, raises their courses' trends and notes
   * what is hidden. Events of one user, course and type in one call count as one in the trend. (On
   * MongoDB, which writes one document at a time, a process that dies in between leaves the event
   * stored and not counted.)
   */
  abstract append(events: readonly Interaction[]): Promise<void>;
  /** The user's latest, newest first (by at, then id). */
  abstract recentOf(user: string, limit: number): Promise<Interaction[]>;
  /**
   * Courses that the user hid: of `hide` and `unhide` of a course the later (by at, then id) holds, in
   * whichever order they were stored. In no order; as many as there are courses at the most.
   */
  abstract hiddenBy(user: string): Promise<string[]>;
  /** Largest weight first, ties by course id. One indexed read, however many interactions there are. */
  abstract trending(limit: number): Promise<Trend[]>;
  /** All, ascending by id; continue with the last id. */
  abstract scan(page: { limit: number; after?: string }): Promise<Interaction[]>;
  abstract count(): Promise<number>;
}
