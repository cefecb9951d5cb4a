import type { SqlDatabase } from '../sql-database.js';

export interface Hit {
  key: string;
  by: number;
  now: number;
  /** When the counter is reset, where this is its first hit. */
  resetAt: number;
}

/** What each kind of database says in its own way. */
export interface SessionDialect<D extends SqlDatabase = SqlDatabase> {
  /** SessionStore.hit: counted and read at once, in one round trip. */
  hit(database: D, hit: Hit): Promise<{ count: number; resetAt: number }>;
}
