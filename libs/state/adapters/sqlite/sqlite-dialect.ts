import { StateError } from '#libs/state';
import type { Dialect } from '../_sql/dialect.js';
import { migrations } from './migrations/index.js';
import { translate } from './sqlite-errors.js';
import { inspect } from './sqlite-server.js';

export const sqliteDialect: Dialect = {
  name: 'sqlite',
  forUpdate: '',
  greatest: 'max',
  head: () => 'rooms.head',
  rowsAtOnce: 1,
  text: (sql) => sql,
  among: (column) => `${column} IN (SELECT value FROM json_each(?))`,
  list: (values) => JSON.stringify(values),
  unlessThere: () => ' ON CONFLICT DO NOTHING',
  orReplace: (keys, columns) =>
    ` ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`,
  inserted: (column) => `excluded.${column}`,
  translate: (error, { variable, shown }) =>
    error instanceof StateError ? error : translate(variable, shown.slice('sqlite:'.length))(error),
  retryable: () => false,
  fatal: () => false,
  migrations,
  columnsSql:
    "SELECT m.name AS name, c.name AS col FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table'",
  underLock: (_queries, work) => work(),
  facts: async () => ({ durability: 'fsync', readOnly: null }),
  inspect,
};
