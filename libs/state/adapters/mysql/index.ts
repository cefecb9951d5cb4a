import type { Adapter } from '#libs/state';
import { SqlDataStore } from '../_sql/data/sql-data-store.js';
import { SqlSessionStore } from '../_sql/session/sql-session-store.js';
import { SqlHistoryStore } from '../_sql/history/sql-history-store.js';
import { mysqlOpener } from './mysql-database.js';
import { mysqlHistory } from './mysql-history.js';
import { example } from './mysql-pool.js';
import { mysqlSession } from './mysql-session.js';

/** MariaDB 10.6 or MySQL 8.0.17 and newer. */
export const mysql: Adapter = {
  name: 'mysql',
  schemes: ['mysql', 'mariadb'],
  example,
  shared: true,
  data: (options) => new SqlDataStore(mysqlOpener, options),
  history: (options) => new SqlHistoryStore(mysqlOpener, options, mysqlHistory()),
  session: (options) => new SqlSessionStore(mysqlOpener, options, mysqlSession),
};
