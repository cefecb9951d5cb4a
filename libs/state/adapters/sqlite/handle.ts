import { type StoreOptions, type Traits } from '#libs/state';
import { SqlHandle } from '../_sql/sql-handle.js';
import { type SqliteDatabase, sqliteOpener } from './sqlite-database.js';
import type { SqliteFile } from './sqlite-file.js';

export const sqliteTraits: Traits = {
  durable: true,
  shared: false,
  expiry: 'lazy',
  durability: 'fsync',
};

/** The file of one adapter, between open() and close(). */
export class Handle {
  private readonly handle: SqlHandle<SqliteDatabase>;

  constructor(readonly options: StoreOptions) {
    this.handle = new SqlHandle(sqliteOpener, options);
  }

  enter(): Promise<void> {
    return this.handle.open();
  }

  leave(): Promise<void> {
    return this.handle.close();
  }

  /** @throws StoreUnavailable before open() and after close() */
  get file(): SqliteFile {
    return (this.handle.database as unknown as { file: SqliteFile }).file;
  }

  get now(): number {
    return this.options.clock.now();
  }
}
