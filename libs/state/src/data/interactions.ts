import type { Millis } from '#libs/kernel';

export type InteractionType = 'view' | 'enrol' | 'complete' | 'rate';

export interface Interaction {
  /** Time-ordered id: later ones sort after. A repeat of an id is ignored. */
  id: string;
  user: string;
  courseId: string;
  type: InteractionType;
  /** Stars for `rate`; otherwise absent. */
  value?: number;
  at: Millis;
}

/** The append-only record of who did what with which course; what recommendations are made of. */
export abstract class Interactions {
  abstract append(events: readonly Interaction[]): Promise<void>;
  /** The user's latest, newest first (by at, then id). */
  abstract recentOf(user: string, limit: number): Promise<Interaction[]>;
  /** All, ascending by id; continue with the last id. */
  abstract scan(page: { limit: number; after?: string }): Promise<Interaction[]>;
  abstract count(): Promise<number>;
}
