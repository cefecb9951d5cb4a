import type { SessionDialect } from '../_sql/session/session-dialect.js';
import type { PooledDatabase } from '../_sql/pooled-database.js';

interface CounterRow {
  hits: number;
  reset_at: number;
}

/** Assignments are made from left to right: `hits` still sees the deadline as it was. */
const hitSql = `START TRANSACTION;
  INSERT INTO counters (counter_key, hits, reset_at) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE
    hits = IF(counters.reset_at <= ?, VALUES(hits), counters.hits + VALUES(hits)),
    reset_at = IF(counters.reset_at <= ?, VALUES(reset_at), counters.reset_at);
  SELECT hits, reset_at FROM counters WHERE counter_key = ?;
  COMMIT`;

export const mysqlSession: SessionDialect<PooledDatabase> = {
  async hit(database, { key, by, now, resetAt }) {
    const answers = await database.glued((queries) =>
      queries.all<CounterRow[]>(hitSql, [key, by, resetAt, now, now, key]),
    );
    const [{ hits, reset_at }] = answers[2] as [CounterRow];
    return { count: hits, resetAt: reset_at };
  },
};
