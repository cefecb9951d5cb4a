import type { EntitySchema } from 'typeorm';
import { catalogueTables } from './catalogue.js';
import { historyTables, mysqlHistoryTables } from './history.js';
import { sessionTables } from './sessions.js';
import { entityOf, type Tables } from './table.js';

/** Every table of the current schema. Their keys and indexes are in the migrations. */
export const tablesOf = (dialect: 'sqlite' | 'postgres' | 'mysql'): Tables => ({
  ...catalogueTables,
  ...(dialect === 'mysql' ? mysqlHistoryTables : historyTables),
  ...(dialect !== 'sqlite' && sessionTables),
});

/** The same for TypeORM. @param bytes the dialect's type for them */
export const entitiesOf = (
  dialect: 'sqlite' | 'postgres' | 'mysql',
  bytes: 'blob' | 'bytea',
): EntitySchema[] =>
  Object.entries(tablesOf(dialect)).map(([name, columns]) => entityOf(name, columns, bytes));
