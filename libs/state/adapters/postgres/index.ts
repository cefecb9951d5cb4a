import type { Adapter } from '#libs/state';
import { SqlDataStore } from '../_sql/data/sql-data-store.js';
import { SqlSessionStore } from '../_sql/session/sql-session-store.js';
import { SqlHistoryStore } from '../_sql/history/sql-history-store.js';
import { postgresOpener } from './postgres-database.js';
import { PostgresEventBus } from './postgres-event-bus.js';
import { postgresHistory } from './postgres-history.js';
import { example } from './postgres-pool.js';
import { postgresSession } from './postgres-session.js';

/** PostgreSQL 13 or newer, also behind a pooler in transaction mode. */
export const postgres: Adapter = {
  name: 'postgres',
  schemes: ['postgres', 'postgresql'],
  example,
  shared: true,
  data: (options) => new SqlDataStore(postgresOpener, options),
  history: (options) => new SqlHistoryStore(postgresOpener, options, postgresHistory),
  session: (options) => new SqlSessionStore(postgresOpener, options, postgresSession),
  bus: (options) => new PostgresEventBus(options),
};
