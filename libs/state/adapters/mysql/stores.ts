import type { DataStore, HistoryStore, SessionStore, StoreOptions } from '#libs/state';
import { SqlDataStore } from '../_sql/data/sql-data-store.js';
import { SqlHistoryStore } from '../_sql/history/sql-history-store.js';
import { SqlSessionStore } from '../_sql/session/sql-session-store.js';
import { mysqlOpener } from './mysql-database.js';
import { mysqlHistory } from './mysql-history.js';
import { mysqlSession } from './mysql-session.js';

export const data = (options: StoreOptions): DataStore => new SqlDataStore(mysqlOpener, options);

export const history = (options: StoreOptions): HistoryStore =>
  new SqlHistoryStore(mysqlOpener, options, mysqlHistory());

export const session = (options: StoreOptions): SessionStore =>
  new SqlSessionStore(mysqlOpener, options, mysqlSession);
