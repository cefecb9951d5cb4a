import { connect, type NatsConnection } from '@nats-io/transport-node';
import { defaultTimeoutMs, type StoreOptions, StoreUnavailable, within } from '#libs/state';
import { toStateError } from './nats-errors.js';
import { type NatsUrl, parseNatsUrl } from './nats-url.js';

/** How long after a lost connection the next attempt is made, ms; recovery is promised within 5 s. */
const pauseMs = 250;
/** A peer that vanished says nothing: one that does not answer pings is given up after three of these, ms. */
const heartbeatMs = 2000;

interface Held {
  connection: NatsConnection;
  url: NatsUrl;
  connected: boolean;
}

/** The connection of the bus, between open() and close(). The driver makes a lost one again, with its subscriptions. */
export class NatsLink {
  private held: Held | undefined;
  private opening: Promise<void> | undefined;
  private answer: Promise<void> | undefined;

  constructor(
    private readonly options: StoreOptions,
    private readonly again: () => void,
  ) {}

  /** @throws StoreUnavailable before open(), after close() and while there is no connection */
  get connection(): NatsConnection {
    const { connection, connected } = this.open_();
    // What is handed to the driver meanwhile would wait for a connection, or be dropped by it.
    if (!connected) throw new StoreUnavailable(`${this.name}: the connection is lost`);
    return connection;
  }

  get url(): NatsUrl {
    return this.open_().url;
  }

  async open(): Promise<void> {
    if (this.held) return;
    this.opening ??= this.connect().finally(() => (this.opening = undefined));
    await this.opening;
  }

  async close(): Promise<void> {
    await this.opening?.catch(() => undefined); // whoever opens is told
    const { held } = this;
    this.held = undefined;
    if (!held) return;
    if (held.connected) await this.answered(held.connection).catch(() => undefined);
    await held.connection.close();
  }

  /**
   * Resolves when the server has taken what it was sent in this turn and before: it answers in order.
   * Whoever asks in one turn shares the round trip. @throws StoreUnavailable after the deadline
   */
  taken(): Promise<void> {
    const { connection } = this;
    this.answer ??= Promise.resolve().then(() => {
      this.answer = undefined;
      return this.answered(connection);
    });
    return this.answer;
  }

  private async answered(connection: NatsConnection): Promise<void> {
    try {
      await within(this.timeoutMs, this.name, connection.flush());
    } catch (error) {
      // Nothing came back in time: another connection may do better.
      if (error instanceof StoreUnavailable && !connection.isClosed()) await connection.reconnect();
      throw toStateError(error, this.name);
    }
  }

  private async connect(): Promise<void> {
    const url = parseNatsUrl(this.options.url, this.options.variable);
    const connecting = connect({
      servers: url.servers,
      name: 'maxiaoke bus',
      timeout: this.timeoutMs,
      maxReconnectAttempts: -1,
      reconnectTimeWait: pauseMs,
      reconnectJitter: pauseMs,
      pingInterval: heartbeatMs,
      // A server that is being set up anew may not know its users yet.
      ignoreAuthErrorAbort: true,
      ...(url.tls && { tls: {} }),
      ...(url.user !== undefined && { user: url.user, pass: url.password ?? '' }),
      ...(url.token !== undefined && { token: url.token }),
    });
    const what = `${this.options.variable} (${url.shown})`;
    try {
      const connection = await within(this.timeoutMs, what, connecting);
      this.held = { connection, url, connected: true };
      void this.watch(this.held);
    } catch (error) {
      // One that comes after its deadline is nobody's.
      connecting.then(
        (late) => late.close(),
        () => undefined,
      );
      throw toStateError(error, what);
    }
  }

  private async watch(held: Held): Promise<void> {
    const { logger, variable } = this.options;
    for await (const { type } of held.connection.status()) {
      if (type === 'disconnect') {
        held.connected = false;
        logger.warn({ variable }, 'the connection to nats is lost; trying again');
      } else if (type === 'reconnect') {
        held.connected = true;
        logger.info({ variable }, 'connected to nats again; some hints may have been missed');
        // The driver has sent the subscriptions; they are in force when the server answers behind them.
        this.taken().then(this.again, () => undefined); // without an answer it connects once more
      }
    }
  }

  private open_(): Held {
    if (!this.held) throw new StoreUnavailable(`${this.options.variable} (nats) is closed`);
    return this.held;
  }

  private get name(): string {
    return `${this.options.variable} (${this.held?.url.shown ?? 'nats'})`;
  }

  private get timeoutMs(): number {
    return this.options.timeoutMs ?? defaultTimeoutMs;
  }
}
