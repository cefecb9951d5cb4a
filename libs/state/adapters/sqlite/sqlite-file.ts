import type Database from 'better-sqlite3';
import { StateError, StoreMisconfigured } from '#libs/state';
import { Sqlite } from './driver.js';
import { translate } from './sqlite-errors.js';

type Params = readonly unknown[] | Record<string, unknown>;

/**
 * The statements of one connection, prepared once. Everything runs synchronously, so an operation is
 * a critical section by nature: no reader sees an open transaction, no two transactions nest.
 */
export class SqliteFile {
  private readonly prepared = new Map<string, Database.Statement>();

  constructor(
    private readonly db: Database.Database,
    private readonly variable: string,
    private readonly readonly: boolean,
  ) {}

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
    this.begin('write');
    return this.ended(work);
  }

  /** Reads of one moment: beside another process's writer, statements alone are not. */
  snapshot<T>(work: () => T): T {
    if (!this.readonly) return work();
    this.begin('snapshot');
    return this.ended(work);
  }

  begin(mode: 'write' | 'snapshot'): void {
    if (mode === 'write') this.checkWritable();
    const sql = mode === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN';
    this.guard(() => this.statement(sql).run());
  }

  commit(): void {
    this.guard(() => this.statement('COMMIT').run());
  }

  /** Also where SQLite has undone the transaction by itself, as it does when the disk is full. */
  rollback(): void {
    if (this.db.inTransaction) this.guard(() => this.statement('ROLLBACK').run());
  }

  /** @throws StoreMisconfigured */
  checkWritable(): void {
    if (this.readonly)
      throw new StoreMisconfigured(`${this.variable}: ${this.db.name} is opened for reading only`);
  }

  private ended<T>(work: () => T): T {
    try {
      const result = this.guard(work);
      this.commit();
      return result;
    } catch (error) {
      this.rollback();
      throw error;
    }
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
        : translate(this.variable, this.db.name)(error);
    }
  }
}

const isDriverError = (error: unknown): boolean =>
  error instanceof Sqlite.SqliteError || error instanceof TypeError;
