import type { SessionDialect } from '../_sql/session/session-dialect.js';
import type { PooledDatabase } from '../_sql/pooled-database.js';

const hitSql = `INSERT INTO counters AS c (counter_key, hits, reset_at) VALUES (?, ?, ?)
  ON CONFLICT (counter_key) DO UPDATE SET
    hits = CASE WHEN c.reset_at <= ? THEN excluded.hits ELSE c.hits + excluded.hits END,
    reset_at = CASE WHEN c.reset_at <= ? THEN excluded.reset_at ELSE c.reset_at END
  RETURNING hits, reset_at`;

export const postgresSession: SessionDialect<PooledDatabase> = {
  async hit(database, { key, by, now, resetAt }) {
    const rows = await database.all<{ hits: number; reset_at: number }>(hitSql, [
      key,
      by,
      resetAt,
      now,
      now,
    ]);
    const [{ hits, reset_at }] = rows as [{ hits: number; reset_at: number }];
    return { count: hits, resetAt: reset_at };
  },
};
