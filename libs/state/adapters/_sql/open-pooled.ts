import { defaultTimeoutMs, StoreMisconfigured, type StoreOptions } from '#libs/state';
import type { Dialect } from './dialect.js';
import { checkSchema } from './entities/check-schema.js';
import { checkVersion, runMigrations, schemaVersion } from './migrations.js';
import type { ConnectionPool } from './pool.js';
import { PooledDatabase } from './pooled-database.js';

/** For the replica that migrates and those that wait for it: an index on a large table takes its time. */
const migrationMs = 120_000;

/** Ports of one URL share a pool where they also agree on how long a call may take. */
export const pooledKey = ({
  url,
  access = 'exclusive',
  timeoutMs = defaultTimeoutMs,
}: StoreOptions) => `${access} ${timeoutMs} ${url}`;

/** A database whose server, schema and version were looked at, and which is migrated. */
export async function openPooled(
  dialect: Dialect,
  options: StoreOptions,
  pool: ConnectionPool,
): Promise<PooledDatabase> {
  const database = new PooledDatabase(dialect, options, pool);
  try {
    await prepare(database);
    return database;
  } catch (error) {
    await database.close().catch(() => undefined); // the first error is the one to tell
    throw error;
  }
}

async function prepare(database: PooledDatabase): Promise<void> {
  const { dialect, place, reading } = database;
  database.facts = await dialect.facts(database, place);
  const { readOnly } = database.facts;
  if (readOnly !== null && !reading)
    throw new StoreMisconfigured(
      `${place.variable}: ${place.shown} ${readOnly}; name a server that can be written`,
    );
  const version = await schemaVersion(database, database);
  checkVersion(database, version);
  database.pending = dialect.migrations.length - version;
  if (database.pending > 0 && reading) return;
  if (database.pending > 0) {
    await database.session(migrationMs, (queries) =>
      dialect.underLock(queries, () => runMigrations(database, queries)),
    );
    database.pending = 0;
  }
  await checkSchema(database);
}
