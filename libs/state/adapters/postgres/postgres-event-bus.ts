import { randomUUID } from 'node:crypto';
import {
  defaultTimeoutMs,
  EventBus,
  type HintHandler,
  type Inspection,
  StoreMisconfigured,
  type StoreOptions,
  StoreUnavailable,
  Topics,
  type Traits,
  within,
} from '#libs/state';
import { pooledKey } from '../_sql/open-pooled.js';
import { PooledDatabase } from '../_sql/pooled-database.js';
import { type Opener, SqlHandle } from '../_sql/sql-handle.js';
import { HintNotes } from './hint-notes.js';
import { NotifyQueue } from './notify-queue.js';
import { postgresDialect } from './postgres-dialect.js';
import { PostgresListener } from './postgres-listener.js';
import { PostgresPool } from './postgres-pool.js';

/** Notifications stay within a database, and a database is one deployment's. */
const channel = 'maxiaoke_hints';
/** A topic of the bus's own: no room or user has a name with a space. */
const probe = 'is anybody listening';

/** A pool without tables: the bus needs none, and the URL may name a database without them. */
const busOpener: Opener<PooledDatabase> = {
  name: 'postgres',
  shared: true,
  key: (options) => `bus ${pooledKey(options)}`,
  connect: async (options) =>
    new PooledDatabase(postgresDialect, options, await PostgresPool.open(options)),
};

/**
 * Hints by LISTEN and NOTIFY. Publishing goes through a pool and so through any pooler; listening
 * takes a session of its own. Every replica hears every hint and passes on those of its topics.
 */
export class PostgresEventBus extends EventBus {
  readonly adapter = 'postgres';
  readonly traits: Traits = {
    durable: false,
    shared: true,
    expiry: 'lazy',
    durability: 'none',
  };
  private readonly handle: SqlHandle<PooledDatabase>;
  private readonly listener: PostgresListener;
  private readonly notes = new HintNotes(randomUUID());
  private readonly queue: NotifyQueue;
  private readonly topics: Topics;
  private opened = false;

  constructor(private readonly options: StoreOptions) {
    super();
    this.topics = new Topics(options.logger);
    this.handle = new SqlHandle(busOpener, options);
    this.queue = new NotifyQueue((hints) =>
      this.handle.database.all(`SELECT pg_notify('${channel}', note) FROM unnest(?::text[]) note`, [
        this.notes.write(hints),
      ]),
    );
    this.listener = new PostgresListener(options, channel, {
      note: (note) => {
        for (const { topic, payload } of this.notes.read(note)) this.topics.deliver(topic, payload);
      },
      gap: () => this.notes.forget(),
      again: () => this.gapEnded(),
    });
  }

  async open(): Promise<void> {
    if (this.opened) return;
    await this.handle.open();
    try {
      await this.listener.open();
      this.opened = true;
      await this.checkHearing();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.opened = false;
    await this.queue.settled();
    await this.listener.close();
    await this.handle.close();
    this.topics.clear();
  }

  /** Also whether the connection that listens is there: without it nothing would arrive. */
  async ping(): Promise<void> {
    await this.handle.ping();
    if (!this.listener.connected)
      throw new StoreUnavailable(`${this.options.variable}: the connection that listens is lost`);
  }

  async inspect(): Promise<Inspection> {
    const { database, dialect } = this.handle;
    return { ...(await dialect.inspect(database)), pendingMigrations: 0 };
  }

  async publish(topic: string, payload: string): Promise<void> {
    this.checkOpen();
    const { timeoutMs = defaultTimeoutMs } = this.options;
    await within(timeoutMs, 'the hint', this.queue.send({ topic, payload }));
  }

  async subscribe(topic: string, handler: HintHandler): Promise<() => Promise<void>> {
    this.checkOpen();
    await this.listener.ready();
    const end = this.topics.add(topic, handler);
    return async () => void end();
  }

  /** A pooler that hands its sessions round takes LISTEN, and says nothing ever after. */
  private async checkHearing(): Promise<void> {
    let hear: () => void = () => undefined;
    const heard = new Promise<void>((resolve) => (hear = resolve));
    const end = await this.subscribe(probe, hear);
    try {
      await this.publish(probe, '');
      await within(hearingMs, 'the notification', heard).catch(() => {
        throw deafness(this.options.variable);
      });
    } finally {
      await end();
    }
  }

  private checkOpen(): void {
    if (!this.opened) throw new StoreUnavailable(`${this.options.variable} (postgres) is closed`);
  }
}

/** Within which a notification arrives on any server that works, ms. */
const hearingMs = 3000;

const deafness = (variable: string): StoreMisconfigured =>
  new StoreMisconfigured(
    `${variable}: what is published does not come back: a pooler in transaction mode, perhaps. Name the PostgreSQL server itself in ${variable}; the other stores may go on using the pooler`,
  );
