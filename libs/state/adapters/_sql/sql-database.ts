import {
  type Inspection,
  StoreMisconfigured,
  type StoreOptions,
  withoutPassword,
} from '#libs/state';
import type { Dialect, Place, ServerFacts } from './dialect.js';
import type { Param, Queries, TransactionMode } from './queries.js';

/** One database, as all ports of a URL in this process share it. */
export abstract class SqlDatabase implements Queries {
  readonly place: Place;
  facts: ServerFacts = { durability: 'fsync', readOnly: null };
  /** Migrations that are still to be run, where the store was opened for reading only. */
  pending = 0;

  constructor(
    readonly dialect: Dialect,
    protected readonly options: StoreOptions,
  ) {
    this.place = { variable: options.variable, shown: withoutPassword(options.url) };
  }

  abstract all<Row>(sql: string, params?: readonly Param[]): Promise<Row[]>;
  abstract get<Row>(sql: string, params?: readonly Param[]): Promise<Row | undefined>;
  abstract run(sql: string, params?: readonly Param[]): Promise<number>;

  /**
   * All of `work` or nothing. It may run more than once (deadlock, serialization failure), so it must
   * have no effect but through `queries`. @throws StoreUnavailable: it may or may not have happened
   */
  abstract transaction<T>(
    work: (queries: Queries) => Promise<T>,
    mode?: TransactionMode,
  ): Promise<T>;

  /** Finishes what is under way and lets go of every handle. */
  abstract close(): Promise<void>;

  abstract inspect(): Promise<Inspection>;

  get logger() {
    return this.options.logger;
  }

  get reading(): boolean {
    return this.options.access === 'read';
  }

  /** @throws StoreMisconfigured where the store was opened for reading only */
  checkWritable(): void {
    if (this.reading)
      throw new StoreMisconfigured(
        `${this.place.variable}: ${this.place.shown} is opened for reading only`,
      );
  }
}
