import { type StateError, StoreUnavailable } from '#libs/state';
import type { Dialect } from '../_sql/dialect.js';
import type { Queries } from '../_sql/queries.js';
import { migrationsFor } from './migrations/index.js';
import { fatal, retryable, translate } from './mysql-errors.js';
import { facts, inspect, isMariaDb } from './mysql-server.js';

/** How long a replica waits for the one that migrates, in seconds. */
const lockSeconds = 100;

/** MariaDB or MySQL: one dialect but for the name of the collation that compares bytes. */
export const mysqlDialect = (version: string): Dialect => ({
  name: 'mysql',
  forUpdate: ' FOR UPDATE',
  greatest: 'GREATEST',
  // rooms.head is a floor, see MysqlWriter. Nested queries lock, and see the newest, only when told to.
  head: (locking) =>
    `GREATEST(rooms.head, COALESCE((SELECT events.seq FROM events WHERE events.room = rooms.id ORDER BY events.seq DESC LIMIT 1${locking}), 0))`,
  rowsAtOnce: 500,
  text: (sql) => sql,
  among: (column) => `${column} IN (?)`,
  // The driver writes the list out; without a value there would be nothing between the parentheses.
  list: (values) => (values.length > 0 ? values : [null as unknown as string]),
  unlessThere: (table, column) => ` ON DUPLICATE KEY UPDATE ${column} = ${table}.${column}`,
  orReplace: (_keys, columns) =>
    ` ON DUPLICATE KEY UPDATE ${columns.map((column) => `${column} = VALUES(${column})`).join(', ')}`,
  inserted: (column) => `VALUES(${column})`,
  translate,
  retryable,
  fatal,
  migrations: migrationsFor(isMariaDb(version) ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin'),
  columnsSql:
    'SELECT table_name AS name, column_name AS col FROM information_schema.columns WHERE table_schema = DATABASE()',
  underLock,
  facts,
  inspect,
});

/** The lock goes with its connection, also when its holder is killed. */
async function underLock(queries: Queries, work: () => Promise<void>): Promise<void> {
  const [row] = await queries.all<{ taken: number | null }>(
    `SELECT GET_LOCK(CONCAT('maxiaoke.', MD5(DATABASE())), ${lockSeconds}) AS taken`,
  );
  if (row?.taken !== 1)
    throw new StoreUnavailable('another process has been migrating for too long; try again');
  try {
    await work();
  } finally {
    await queries
      .run("DO RELEASE_LOCK(CONCAT('maxiaoke.', MD5(DATABASE())))")
      .catch((_gone: StateError) => undefined); // with the connection the lock is gone, too
  }
}
