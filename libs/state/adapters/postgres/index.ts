import type { Adapter } from '#libs/state';
import { SqlDataStore } from '../_sql/data/sql-data-store.js';
import { SqlHistoryStore } from '../_sql/history/sql-history-store.js';
import { postgresOpener } from './postgres-database.js';
import { postgresHistory } from './postgres-history.js';
import { example } from './postgres-pool.js';

/** PostgreSQL 13 or newer, also behind a pooler in transaction mode. */
export const postgres: Adapter = {
  name: 'postgres',
  schemes: ['postgres', 'postgresql'],
  example,
  shared: true,
  data: (options) => new SqlDataStore(postgresOpener, options),
  history: (options) => new SqlHistoryStore(postgresOpener, options, postgresHistory),
};
