import type Database from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { type Inspection, StateError, type StoreOptions } from '#libs/state';
import { checkSchema } from '../_sql/entities/check-schema.js';
import { entitiesOf } from '../_sql/entities/index.js';
import type { Param, Queries, TransactionMode } from '../_sql/queries.js';
import { SqlDatabase } from '../_sql/sql-database.js';
import type { Opener } from '../_sql/sql-handle.js';
import { Sqlite } from './driver.js';
import { lockFile } from './lock.js';
import { sqliteDialect } from './sqlite-dialect.js';
import { translate } from './sqlite-errors.js';
import { SqliteFile } from './sqlite-file.js';
import { checkFile, migrate, versionOf } from './sqlite-migrations.js';
import { pathOf } from './sqlite-path.js';

/** Pages kept in memory, KiB: what an append looks into, the index of client ids above all. */
const cacheKib = 64 * 1024;
/** Pages written to the log before they are brought into the file: 32 MiB. What changed often goes there once. */
const checkpointPages = 8192;

/**
 * One SQLite file, one connection. A statement runs at once; a transaction waits for the one before
 * it, and what is not part of it waits until it ends.
 */
export class SqliteDatabase extends SqlDatabase {
  /** For statements outside of any queue: only within `batch`. */
  private readonly file: SqliteFile;
  private waiting = 0;
  private tail: Promise<unknown> = Promise.resolve();
  private readonly within: Queries;

  private constructor(
    options: StoreOptions,
    private readonly source: DataSource,
    db: Database.Database,
    private readonly unlock: () => void,
  ) {
    super(sqliteDialect, options);
    this.file = new SqliteFile(db, options.variable, options.access === 'read');
    const { file } = this;
    this.within = {
      all: async (sql, params) => file.all(sql, params),
      get: async (sql, params) => file.get(sql, params),
      run: async (sql, params) => file.run(sql, params),
    };
  }

  /** @throws StoreMisconfigured, StoreUnavailable */
  static async open(options: StoreOptions): Promise<SqliteDatabase> {
    const { variable } = options;
    const path = pathOf(options);
    const translated = translate(variable, path);
    const readonly = options.access === 'read';
    const unlock = readonly ? () => undefined : lockFile(path, variable, translated);
    let db: Database.Database | undefined;
    try {
      const source = sourceOf(path, readonly, (opened) => {
        db = opened;
        if (!readonly) opened.pragma('journal_mode = WAL');
        if (!readonly) opened.pragma('synchronous = FULL');
        opened.pragma(`cache_size = -${cacheKib}`);
        opened.pragma(`wal_autocheckpoint = ${checkpointPages}`);
        checkFile(opened, variable);
        if (!readonly) migrate(opened);
      });
      await source.initialize();
      const connection = (source.driver as unknown as { databaseConnection: Database.Database })
        .databaseConnection;
      const database = new SqliteDatabase(options, source, connection, unlock);
      database.pending = sqliteDialect.migrations.length - versionOf(connection);
      if (database.pending === 0) await checkSchema(database);
      return database;
    } catch (error) {
      db?.close();
      unlock();
      throw error instanceof StateError ? error : translated(error);
    }
  }

  async all<Row>(sql: string, params: readonly Param[] = []): Promise<Row[]> {
    return this.waiting === 0
      ? this.file.all<Row>(sql, params)
      : this.next(() => this.file.all<Row>(sql, params));
  }

  async get<Row>(sql: string, params: readonly Param[] = []): Promise<Row | undefined> {
    return this.waiting === 0
      ? this.file.get<Row>(sql, params)
      : this.next(() => this.file.get<Row>(sql, params));
  }

  async run(sql: string, params: readonly Param[] = []): Promise<number> {
    return this.waiting === 0
      ? this.file.run(sql, params)
      : this.next(() => this.file.run(sql, params));
  }

  transaction<T>(
    work: (queries: Queries) => Promise<T>,
    mode: TransactionMode = 'write',
  ): Promise<T> {
    return this.next(async () => {
      this.file.begin(mode);
      try {
        const result = await work(this.within);
        this.file.commit();
        return result;
      } catch (error) {
        this.file.rollback();
        throw error;
      }
    });
  }

  /** `work` in one write transaction and without a pause: what many rows at once are written with. */
  async batch<T>(work: (file: SqliteFile) => T): Promise<T> {
    const whole = () => this.file.write(() => work(this.file));
    return this.waiting === 0 ? whole() : this.next(whole);
  }

  async close(): Promise<void> {
    await this.next(() => this.source.destroy());
    this.unlock();
  }

  async inspect(): Promise<Inspection> {
    return { ...(await this.dialect.inspect(this)), pendingMigrations: this.pending };
  }

  private async next<T>(work: () => T | Promise<T>): Promise<T> {
    this.waiting += 1;
    const turn = this.tail.then(work);
    this.tail = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.waiting -= 1;
    }
  }
}

const sourceOf = (
  path: string,
  readonly: boolean,
  prepareDatabase: (db: Database.Database) => void,
): DataSource =>
  new DataSource({
    type: 'better-sqlite3',
    driver: Sqlite,
    database: path,
    readonly,
    timeout: 5000,
    prepareDatabase: (db: unknown) => prepareDatabase(db as Database.Database),
    entities: entitiesOf('sqlite', 'blob'),
  });

export const sqliteOpener: Opener<SqliteDatabase> = {
  name: 'sqlite',
  shared: false,
  key: (options) => `${options.access ?? 'exclusive'} ${pathOf(options)}`,
  connect: (options) => SqliteDatabase.open(options),
};
