import {
  type Inspection,
  StoreMisconfigured,
  type StoreOptions,
  StoreUnavailable,
  type Traits,
} from '#libs/state';
import { enter, leave } from './shared-databases.js';
import type { SqlDatabase } from './sql-database.js';

/** How an adapter folder opens its database. */
export interface Opener<D extends SqlDatabase = SqlDatabase> {
  /** The adapter's name. */
  name: string;
  shared: boolean;
  /** Equal for what is one database with one way to use it. @throws StoreMisconfigured */
  key(options: StoreOptions): string;
  connect(options: StoreOptions): Promise<D>;
}

/** The database of one store, between open() and close(). */
export class SqlHandle<D extends SqlDatabase = SqlDatabase> {
  private held: D | undefined;
  private key: string | undefined;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    readonly opener: Opener<D>,
    readonly options: StoreOptions,
  ) {}

  open(): Promise<void> {
    return this.next(async () => {
      if (this.held) return;
      const key = this.opener.key(this.options);
      this.held = await enter(key, () => this.opener.connect(this.options));
      this.key = key;
    });
  }

  close(): Promise<void> {
    return this.next(async () => {
      const { key } = this;
      this.held = undefined;
      this.key = undefined;
      if (key !== undefined) await leave(key);
    });
  }

  /**
   * @throws StoreUnavailable before open() and after close(), StoreMisconfigured where migrations are
   * pending and the store was opened for reading only
   */
  get database(): D {
    const database = this.connected();
    const { pending, dialect, place } = database;
    if (pending > 0)
      throw new StoreMisconfigured(
        `${place.variable}: ${place.shown} has schema ${dialect.migrations.length - pending} of ${dialect.migrations.length}; start the server once to migrate it`,
      );
    return database;
  }

  get dialect() {
    return this.database.dialect;
  }

  get now(): number {
    return this.options.clock.now();
  }

  /** Durability is what is in force on the server; before it is opened, what it should be. */
  get traits(): Traits {
    return {
      durable: true,
      shared: this.opener.shared,
      expiry: 'lazy',
      durability: this.held?.facts.durability ?? 'fsync',
    };
  }

  async ping(): Promise<void> {
    await this.connected().all('SELECT 1');
  }

  async inspect(): Promise<Inspection> {
    return this.connected().inspect();
  }

  private connected(): D {
    if (!this.held)
      throw new StoreUnavailable(`${this.options.variable} (${this.opener.name}) is closed`);
    return this.held;
  }

  /** open() and close() one after the other, however they are called. */
  private next(work: () => Promise<void>): Promise<void> {
    const turn = this.turn.then(work);
    this.turn = turn.catch(() => undefined);
    return turn;
  }
}
