import type { Dialect } from '../_sql/dialect.js';
import { numberPlaceholders } from '../_sql/placeholders.js';
import type { Queries } from '../_sql/queries.js';
import { migrations } from './migrations/index.js';
import { fatal, retryable, translate } from './postgres-errors.js';
import { facts, inspect } from './postgres-server.js';

/** Any number that no other program on the database uses: "maxiaoke" in a phone's keys. */
const lockNumber = 62_942_653;

export const postgresDialect: Dialect = {
  name: 'postgres',
  forUpdate: ' FOR UPDATE',
  greatest: 'GREATEST',
  head: () => 'rooms.head',
  rowsAtOnce: 500,
  text: numberPlaceholders,
  among: (column, type = 'text') => `${column} = ANY(?::${type === 'text' ? 'text' : 'bigint'}[])`,
  list: (values) => values,
  unlessThere: () => ' ON CONFLICT DO NOTHING',
  orReplace: (keys, columns) =>
    ` ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`,
  inserted: (column) => `excluded.${column}`,
  translate,
  retryable,
  fatal,
  migrations,
  columnsSql:
    'SELECT table_name AS name, column_name AS col FROM information_schema.columns WHERE table_schema = current_schema()',
  underLock,
  facts,
  inspect,
};

/** One transaction: a session lock would stay with a pooler's connection when its holder dies. */
async function underLock(queries: Queries, work: () => Promise<void>): Promise<void> {
  await queries.run('BEGIN');
  try {
    await queries.run('SET LOCAL statement_timeout = 0');
    await queries.all('SELECT pg_advisory_xact_lock(?::bigint)', [lockNumber]);
    await work();
    await queries.run('COMMIT');
  } catch (error) {
    await queries.run('ROLLBACK').catch(() => undefined); // the connection may be what broke
    throw error;
  }
}
