import pg from 'pg';
import {
  defaultTimeoutMs,
  type StoreOptions,
  StoreUnavailable,
  within,
  withoutPassword,
} from '#libs/state';
import { addressOf } from '../_sql/url.js';
import { cut } from './postgres-connection.js';
import { translate } from './postgres-errors.js';
import { example } from './postgres-pool.js';

/** How long to wait before connecting again, ms: doubled each time, up to a second. */
const shortest = 50;
const longest = 1000;
/** How often the connection is asked whether it still is one, ms. */
const heartbeatMs = 5000;

interface Listening {
  client: pg.Client;
  heartbeat: NodeJS.Timeout;
}

/**
 * The one connection that listens to a channel. It is this process's alone, never a pool's: what was
 * listened to stays with the session. One that is lost is made again, for as long as it takes.
 */
export class PostgresListener {
  private listening: Listening | undefined;
  private closed = false;
  private retry: NodeJS.Timeout | undefined;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly options: StoreOptions,
    private readonly channel: string,
    private readonly events: {
      note: (payload: string) => void;
      /** It listens no more: notes may be missed. */
      gap: () => void;
      again: () => void;
    },
  ) {}

  /** @throws StoreMisconfigured, StoreUnavailable */
  async open(): Promise<void> {
    this.closed = false;
    await this.connect();
  }

  get connected(): boolean {
    return this.listening !== undefined;
  }

  /** Resolves when it listens. @throws StoreUnavailable after the deadline of a call */
  async ready(): Promise<void> {
    if (this.listening) return;
    await within(
      this.timeoutMs,
      `${this.options.variable}: the connection that listens`,
      new Promise<void>((resolve) => this.waiting.push(resolve)),
    );
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    const { listening } = this;
    this.drop();
    if (!listening) return;
    const ended = listening.client.end().catch(() => undefined); // it may be gone already
    await within(this.timeoutMs / 2, 'closing', ended).catch(() => cut(listening.client));
  }

  private get timeoutMs(): number {
    return this.options.timeoutMs ?? defaultTimeoutMs;
  }

  private async connect(): Promise<void> {
    const client = new pg.Client(this.config());
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    client.on('notification', ({ payload }) => this.events.note(payload ?? ''));
    try {
      const started = client.connect().then(() => client.query(`LISTEN ${this.channel}`));
      await within(this.timeoutMs, this.shown, started);
    } catch (error) {
      cut(client);
      throw error instanceof StoreUnavailable
        ? error
        : translate(error, { variable: this.options.variable, shown: this.shown });
    }
    if (this.closed) return cut(client);
    const heartbeat = setInterval(() => void this.beat(client), heartbeatMs).unref();
    this.listening = { client, heartbeat };
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** A peer that vanished says nothing: only who asks finds out. */
  private async beat(client: pg.Client): Promise<void> {
    try {
      await within(this.timeoutMs, this.shown, client.query('SELECT 1'));
    } catch {
      cut(client);
      this.lost(client);
    }
  }

  private lost(client: pg.Client): void {
    if (this.listening?.client !== client) return;
    this.drop();
    if (this.closed) return;
    this.options.logger.warn(
      { variable: this.options.variable },
      'the connection that listens for hints was lost; hints may be missed until it is back',
    );
    this.events.gap();
    this.again(shortest);
  }

  private again(pause: number): void {
    this.retry = setTimeout(() => {
      this.connect().then(
        () => {
          this.options.logger.info(
            { variable: this.options.variable },
            'listening for hints again; some may have been missed',
          );
          this.events.again();
        },
        () => {
          if (!this.closed) this.again(Math.min(2 * pause, longest));
        },
      );
    }, pause);
  }

  private drop(): void {
    clearInterval(this.listening?.heartbeat);
    this.listening = undefined;
  }

  private get shown(): string {
    return withoutPassword(this.options.url);
  }

  private config(): pg.ClientConfig {
    const address = addressOf(this.options, 5432, example);
    return {
      host: address.socket ?? address.host,
      port: address.port,
      database: address.database,
      ...(address.user !== undefined && { user: address.user }),
      ...(address.password !== undefined && { password: address.password }),
      ...(address.tls && { ssl: address.tls }),
      application_name: 'maxiaoke bus',
      connectionTimeoutMillis: this.timeoutMs,
      keepAlive: true,
    };
  }
}
