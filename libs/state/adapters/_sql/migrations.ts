import { StoreMisconfigured } from '#libs/state';
import type { Migration } from './dialect.js';
import type { Queries } from './queries.js';
import type { SqlDatabase } from './sql-database.js';

/** Which migrations a database has had: a row each, never removed. */
const table = 'schema_migrations';

/** The number of the last migration run here; 0 in a database that never had one. */
export async function schemaVersion(database: SqlDatabase, queries: Queries): Promise<number> {
  const columns = await queries.all<{ name: string }>(database.dialect.columnsSql);
  if (!columns.some(({ name }) => name === table)) return 0;
  const row = await queries.get<{ version: number | null }>(
    `SELECT max(version) AS version FROM ${table}`,
  );
  return row?.version ?? 0;
}

export async function pendingMigrations(database: SqlDatabase): Promise<number> {
  return Math.max(
    0,
    database.dialect.migrations.length - (await schemaVersion(database, database)),
  );
}

/** @throws StoreMisconfigured where the version is one this program does not know */
export function checkVersion(database: SqlDatabase, version: number): void {
  const { migrations } = database.dialect;
  const { variable, shown } = database.place;
  if (version > migrations.length)
    throw new StoreMisconfigured(
      `${variable}: ${shown} was made by a newer version (schema ${version}, this one knows ${migrations.length}); upgrade, or use another database`,
    );
}

/** Those after `version`, in order. Under a lock: whoever waited for it finds nothing left to do. */
export async function runMigrations(database: SqlDatabase, queries: Queries): Promise<void> {
  await queries.run(
    `CREATE TABLE IF NOT EXISTS ${table} (version INTEGER NOT NULL PRIMARY KEY, name VARCHAR(100) NOT NULL, applied_at BIGINT NOT NULL)`,
  );
  const row = await queries.get<{ version: number | null }>(
    `SELECT max(version) AS version FROM ${table}`,
  );
  const version = row?.version ?? 0;
  checkVersion(database, version);
  const pending = database.dialect.migrations.slice(version);
  for (const [at, migration] of pending.entries())
    await runOne(queries, version + at + 1, migration);
}

async function runOne(queries: Queries, number: number, migration: Migration): Promise<void> {
  for (const statement of migration.statements) {
    const { sql, where } = typeof statement === 'string' ? { sql: statement } : statement;
    if (where === undefined || (await queries.get(where))) await queries.run(sql);
  }
  await queries.run(`INSERT INTO ${table} (version, name, applied_at) VALUES (?, ?, ?)`, [
    number,
    migration.name,
    Date.now(),
  ]);
}
