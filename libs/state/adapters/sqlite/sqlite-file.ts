import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { StateError, StoreMisconfigured, type StoreOptions, StoreUnavailable } from '#libs/state';
import { lockFile } from './lock.js';
import { migrations } from './migrations/index.js';

type Params = readonly unknown[] | Record<string, unknown>;

/** Files open in this process: the data and the history adapter share a connection. */
const open = new Map<string, SqliteFile>();

/**
 * One SQLite file, one connection. Everything runs synchronously, so an operation is a critical
 * section by nature: no reader sees an open transaction, no two transactions nest.
 */
export class SqliteFile {
  private users = 0;
  private readonly prepared = new Map<string, Database.Statement>();

  private constructor(
    private readonly key: string,
    private readonly db: Database.Database,
    private readonly variable: string,
    private readonly readonly: boolean,
    private readonly unlock: () => void,
  ) {}

  /** @throws StoreMisconfigured, StoreUnavailable */
  static open({ url, variable, access = 'exclusive' }: StoreOptions): SqliteFile {
    const given = url.slice('sqlite:'.length);
    if (given === '')
      throw new StoreMisconfigured(
        `${variable}: sqlite: needs a path, e.g. sqlite:./data/maxiaoke.db`,
      );
    if (given === ':memory:')
      throw new StoreMisconfigured(
        `${variable}: sqlite keeps data in a file; to keep them in memory use memory:`,
      );
    const path = locate(given, variable, access === 'read');
    const key = `${access} ${path}`;
    const file = open.get(key) ?? SqliteFile.connect(key, path, variable, access === 'read');
    file.users += 1;
    return file;
  }

  private static connect(
    key: string,
    path: string,
    variable: string,
    readonly: boolean,
  ): SqliteFile {
    const translate = translator(variable, path);
    const unlock = readonly ? () => undefined : lockFile(path, variable, translate);
    let db: Database.Database | undefined;
    try {
      db = new Database(path, { readonly, timeout: 5000 });
      db.pragma('busy_timeout = 5000');
      if (!readonly) {
        db.pragma('journal_mode = WAL');
        db.pragma('synchronous = FULL');
      }
      migrate(db, variable, path, readonly);
    } catch (error) {
      db?.close();
      unlock();
      throw error instanceof StateError ? error : translate(error);
    }
    const file = new SqliteFile(key, db, variable, readonly, unlock);
    open.set(key, file);
    return file;
  }

  /** Gives back one use; the last one closes the file. */
  release(): void {
    this.users -= 1;
    if (this.users > 0) return;
    open.delete(this.key);
    this.db.close();
    this.unlock();
  }

  all<T>(sql: string, params: Params = []): T[] {
    return this.guard(() => this.statement(sql).all(params) as T[]);
  }

  get<T>(sql: string, params: Params = []): T | undefined {
    return this.guard(() => this.statement(sql).get(params) as T | undefined);
  }

  /** The number of rows changed. */
  run(sql: string, params: Params = []): number {
    this.checkWritable();
    return this.guard(() => this.statement(sql).run(params).changes);
  }

  /** All of `work` or nothing; on disk before it returns. */
  write<T>(work: () => T): T {
    this.checkWritable();
    return this.transaction('BEGIN IMMEDIATE', work);
  }

  /** Reads of one moment: beside another process's writer, statements alone are not. */
  snapshot<T>(work: () => T): T {
    return this.readonly ? this.transaction('BEGIN', work) : work();
  }

  /** @throws StoreMisconfigured */
  checkWritable(): void {
    if (this.readonly)
      throw new StoreMisconfigured(`${this.variable}: ${this.db.name} is opened for reading only`);
  }

  private transaction<T>(begin: string, work: () => T): T {
    return this.guard(() => {
      this.statement(begin).run();
      try {
        const result = work();
        this.statement('COMMIT').run();
        return result;
      } catch (error) {
        if (this.db.inTransaction) this.statement('ROLLBACK').run();
        throw error;
      }
    });
  }

  private statement(sql: string): Database.Statement {
    let statement = this.prepared.get(sql);
    if (!statement) {
      statement = this.db.prepare(sql);
      this.prepared.set(sql, statement);
    }
    return statement;
  }

  private guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw error instanceof StateError || !isDriverError(error)
        ? error
        : translator(this.variable, this.db.name)(error);
    }
  }
}

const isDriverError = (error: unknown): boolean =>
  error instanceof Database.SqliteError || error instanceof TypeError;

function locate(given: string, variable: string, mustExist: boolean): string {
  const path = resolve(given);
  if (mustExist && !existsSync(path)) {
    throw new StoreMisconfigured(
      `${variable}: ${path} does not exist; start the server once, or set ${variable}`,
    );
  }
  if (existsSync(path) && statSync(path).isDirectory()) {
    throw new StoreMisconfigured(`${variable}: ${path} is a directory; name a file in it`);
  }
  try {
    mkdirSync(dirname(path), { recursive: true });
    // By its real name: a link to a file that is open must not pass for another file.
    return existsSync(path)
      ? realpathSync(path)
      : join(realpathSync(dirname(path)), basename(path));
  } catch (error) {
    throw new StoreMisconfigured(
      `${variable}: the folder of ${path} cannot be used: ${(error as Error).message}`,
      error,
    );
  }
}

/** What a driver's error means to who configured the store. */
const translator =
  (variable: string, path: string) =>
  (error: unknown): StateError => {
    const { code = '', message } = error as { code?: string; message: string };
    const misused = (what: string) => new StoreMisconfigured(`${variable}: ${path} ${what}`, error);
    if (code === 'SQLITE_NOTADB') return misused('is not an SQLite database; name another file');
    if (code.startsWith('SQLITE_CORRUPT')) return misused('is damaged; restore it from a backup');
    if (code.startsWith('SQLITE_READONLY'))
      return misused('cannot be written; mend its permissions or its folder’s');
    if (code.startsWith('SQLITE_CANTOPEN'))
      return misused('cannot be opened; mend its permissions or its folder’s');
    if (code === 'SQLITE_FULL')
      return new StoreUnavailable(
        `${variable}: no space left for ${path}; nothing was written`,
        error,
      );
    return new StoreUnavailable(`${variable}: ${path}: ${message}`, error);
  };

function migrate(db: Database.Database, variable: string, path: string, readonly: boolean): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version > migrations.length) {
    throw new StoreMisconfigured(
      `${variable}: ${path} was made by a newer version (schema ${version}, this one knows ${migrations.length}); upgrade, or use another file`,
    );
  }
  if (readonly && version === migrations.length) return;
  if (readonly)
    throw new StoreMisconfigured(
      `${variable}: ${path} has schema ${version} of ${migrations.length}; start the server once to migrate it`,
    );
  const foreign = db
    .prepare("SELECT count(*) AS n FROM sqlite_master WHERE type = 'table'")
    .get() as { n: number };
  if (version === 0 && foreign.n > 0)
    throw new StoreMisconfigured(
      `${variable}: ${path} holds another program's tables; name another file`,
    );
  // Also where nothing is to do: SQLite opens what it may not write, and says so at the first write only.
  db.transaction(() => {
    for (const sql of migrations.slice(version)) db.exec(sql);
    db.pragma(`user_version = ${migrations.length}`);
  }).immediate();
}
