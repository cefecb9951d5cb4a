import { setTimeout as sleep } from 'node:timers/promises';
import {
  defaultTimeoutMs,
  type Inspection,
  StateError,
  type StoreOptions,
  StoreUnavailable,
  within,
} from '#libs/state';
import type { Dialect } from './dialect.js';
import { pendingMigrations } from './migrations.js';
import type { ConnectionPool, PoolConnection } from './pool.js';
import type { Param, Queries, TransactionMode } from './queries.js';
import { SqlDatabase } from './sql-database.js';

const reads = /^\s*(SELECT|WITH|SHOW)\b/i;

/**
 * A database behind a pool of connections. Every call ends within `timeoutMs`: a connection that did
 * not answer is closed and never used again, because what it still carries is unknown.
 */
export class PooledDatabase extends SqlDatabase {
  private readonly timeoutMs: number;
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(
    dialect: Dialect,
    options: StoreOptions,
    private readonly pool: ConnectionPool,
  ) {
    super(dialect, options);
    this.timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  }

  all<Row>(sql: string, params: readonly Param[] = []): Promise<Row[]> {
    if (this.reading && !reads.test(sql)) this.checkWritable();
    return this.attempts((connection) => this.on(connection).all<Row>(sql, params));
  }

  async get<Row>(sql: string, params: readonly Param[] = []): Promise<Row | undefined> {
    return (await this.all<Row>(sql, params))[0];
  }

  async run(sql: string, params: readonly Param[] = []): Promise<number> {
    this.checkWritable();
    return this.attempts((connection) => this.on(connection).run(sql, params));
  }

  async transaction<T>(
    work: (queries: Queries) => Promise<T>,
    mode: TransactionMode = 'write',
  ): Promise<T> {
    if (mode === 'write') this.checkWritable();
    return this.attempts((connection) => this.within(connection, work, mode));
  }

  /**
   * As `transaction`, but `work` sends its begin and its commit along with other statements: each
   * round trip counts where everybody waits for it.
   */
  glued<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    this.checkWritable();
    return this.attempts((connection) => this.undone(connection, work));
  }

  /** Statements on one connection without a transaction, up to `ms`. Not repeated. */
  session<T>(ms: number, work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.counted(this.connected(ms, (connection) => work(this.on(connection))));
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.underWay]);
    await this.pool.end();
  }

  async inspect(): Promise<Inspection> {
    const [found, pending] = [await this.dialect.inspect(this), await pendingMigrations(this)];
    return { ...found, pendingMigrations: pending };
  }

  private async within<T>(
    connection: PoolConnection,
    work: (queries: Queries) => Promise<T>,
    mode: TransactionMode,
  ): Promise<T> {
    for (const statement of this.pool.begin[mode]) await this.on(connection).run(statement);
    return this.undone(connection, async (queries) => {
      const result = await work(queries);
      await queries.run('COMMIT');
      return result;
    });
  }

  /** What fails leaves no transaction behind on its connection. */
  private async undone<T>(
    connection: PoolConnection,
    work: (queries: Queries) => Promise<T>,
  ): Promise<T> {
    const queries = this.on(connection);
    try {
      return await work(queries);
    } catch (error) {
      if (this.usable(error)) await queries.run('ROLLBACK');
      throw error;
    }
  }

  /** Repeats what the server undid, until the deadline of the whole. */
  private attempts<T>(work: (connection: PoolConnection) => Promise<T>): Promise<T> {
    return this.counted(this.repeat(work));
  }

  private async repeat<T>(work: (connection: PoolConnection) => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.timeoutMs;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.connected(deadline - performance.now(), work);
      } catch (error) {
        // Random, so that two who undo each other do not do it again in step.
        const pause = Math.random() * Math.min(100, 2 ** attempt);
        if (!this.dialect.retryable(causeOf(error))) throw error;
        if (performance.now() + pause >= deadline) throw this.unavailable(error);
        await sleep(pause);
      }
    }
  }

  private async connected<T>(
    ms: number,
    work: (connection: PoolConnection) => Promise<T>,
  ): Promise<T> {
    const deadline = performance.now() + ms;
    const connection = await this.acquire(ms);
    try {
      const left = Math.max(1, Math.ceil(deadline - performance.now()));
      const result = await within(left, this.told, work(connection));
      connection.release();
      return result;
    } catch (error) {
      if (this.usable(error)) connection.release();
      else connection.destroy();
      throw error;
    }
  }

  /** A connection that comes after the deadline goes straight back. */
  private async acquire(ms: number): Promise<PoolConnection> {
    let late = false;
    const coming = this.pool.connect().then(
      (connection) => {
        if (late) connection.release();
        return connection;
      },
      (error: unknown) => {
        throw this.dialect.translate(error, this.place);
      },
    );
    try {
      return await within(Math.max(1, Math.ceil(ms)), `${this.told}: a connection`, coming);
    } catch (error) {
      late = true;
      throw error;
    }
  }

  /** An answer that is an error leaves the connection as it was; silence and a cut do not. */
  private usable(error: unknown): boolean {
    const cause = causeOf(error);
    return error instanceof StateError && cause === undefined
      ? !(error instanceof StoreUnavailable)
      : !this.dialect.fatal(cause);
  }

  private on(connection: PoolConnection): Queries {
    const { dialect, place } = this;
    const guarded = async <T>(answer: Promise<T>): Promise<T> => {
      try {
        return await answer;
      } catch (error) {
        throw dialect.translate(error, place);
      }
    };
    const all = <Row>(sql: string, params: readonly Param[] = []) =>
      guarded(connection.all(dialect.text(sql), params)) as Promise<Row[]>;
    return {
      all,
      get: async <Row>(sql: string, params?: readonly Param[]) => (await all<Row>(sql, params))[0],
      run: (sql, params = [], prepared) =>
        guarded(connection.run(dialect.text(sql), params, prepared)),
    };
  }

  private get told(): string {
    return `${this.place.variable}: ${this.place.shown}`;
  }

  private unavailable(error: unknown): StoreUnavailable {
    return new StoreUnavailable(
      `${this.told} undid the transaction until the deadline`,
      causeOf(error),
    );
  }

  private async counted<T>(work: Promise<T>): Promise<T> {
    this.underWay.add(work);
    try {
      return await work;
    } finally {
      this.underWay.delete(work);
    }
  }
}

/** The driver's error behind a port's. */
const causeOf = (error: unknown): unknown => (error instanceof StateError ? error.cause : error);
