import type { Adapter } from '#libs/state';
import { SqlDataStore } from '../_sql/data/sql-data-store.js';
import { SqlHistoryStore } from '../_sql/history/sql-history-store.js';
import { sqliteOpener } from './sqlite-database.js';
import { sqliteHistory } from './sqlite-history.js';

/** One file, one process, every acknowledged write on disk: the embedded default. */
export const sqlite: Adapter = {
  name: 'sqlite',
  schemes: ['sqlite'],
  example: 'sqlite:./data/maxiaoke.db',
  shared: false,
  data: (options) => new SqlDataStore(sqliteOpener, options),
  history: (options) => new SqlHistoryStore(sqliteOpener, options, sqliteHistory),
};
