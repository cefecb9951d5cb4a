import pg from 'pg';
import { DataSource } from 'typeorm';
import { defaultTimeoutMs, type StoreOptions, within, withoutPassword } from '#libs/state';
import { entitiesOf } from '../_sql/entities/index.js';
import { type ConnectionPool, endWithin, type PoolConnection } from '../_sql/pool.js';
import { addressOf } from '../_sql/url.js';
import { cut, PostgresConnection } from './postgres-connection.js';
import { translate } from './postgres-errors.js';

export const example = 'postgres://maxiaoke:secret@localhost:5432/maxiaoke';

const int8 = 20;
const numeric = 1700;

/** Counts, sums and times fit a double: they are JS numbers. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary'): unknown =>
    oid === int8 || oid === numeric ? Number : pg.types.getTypeParser(oid, format),
};

/** The driver's pool, which knows its connections: one that hangs is closed from outside. */
class TrackedPool extends pg.Pool {
  readonly clients = new Set<pg.PoolClient>();

  constructor(config: pg.PoolConfig) {
    super(config);
    this.on('connect', (client) => {
      // Without a listener a connection cut while somebody holds it takes the process down; its
      // next statement fails and says why.
      client.on('error', () => undefined);
      this.clients.add(client);
    });
    this.on('remove', (client) => this.clients.delete(client));
  }
}

/** A source of connections without session state: it works behind a transaction-mode pooler. */
export class PostgresPool implements ConnectionPool {
  readonly begin;

  private constructor(
    private readonly source: DataSource,
    private readonly pool: TrackedPool,
    private readonly timeoutMs: number,
  ) {
    // The server, too, gives up on what nobody waits for any more, and on who went silent with locks.
    const limits = `SET LOCAL statement_timeout = ${timeoutMs}; SET LOCAL idle_in_transaction_session_timeout = ${2 * timeoutMs}`;
    this.begin = {
      write: [`BEGIN ISOLATION LEVEL READ COMMITTED; ${limits}`],
      snapshot: [`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${limits}`],
    };
  }

  /** @throws StoreMisconfigured, StoreUnavailable */
  static async open(options: StoreOptions): Promise<PostgresPool> {
    const { url, variable, timeoutMs = defaultTimeoutMs } = options;
    const place = { variable, shown: withoutPassword(url) };
    let pool: TrackedPool | undefined;
    const source = sourceOf(options, (config) => (pool = new TrackedPool(config)));
    try {
      await within(timeoutMs, `${variable}: ${place.shown}`, source.initialize());
    } catch (error) {
      for (const client of pool?.clients ?? []) cut(client);
      await pool?.end().catch(() => undefined); // the first error is the one to tell
      throw translate(error, place);
    }
    const { master } = source.driver as unknown as { master: TrackedPool };
    return new PostgresPool(source, master, timeoutMs);
  }

  async connect(): Promise<PoolConnection> {
    return new PostgresConnection(await this.pool.connect());
  }

  async end(): Promise<void> {
    await endWithin(this.timeoutMs / 2, this.source.destroy(), () =>
      this.pool.clients.forEach(cut),
    );
  }
}

function sourceOf(options: StoreOptions, made: (config: pg.PoolConfig) => TrackedPool): DataSource {
  const address = addressOf(options, 5432, example);
  return new DataSource({
    type: 'postgres',
    driver: {
      ...pg,
      Pool: function Pool(config: pg.PoolConfig) {
        return made(config);
      },
    },
    host: address.socket ?? address.host,
    port: address.port,
    database: address.database,
    ...(address.user !== undefined && { username: address.user }),
    ...(address.password !== undefined && { password: address.password }),
    ...(address.tls && { ssl: address.tls }),
    applicationName: 'maxiaoke',
    connectTimeoutMS: options.timeoutMs ?? defaultTimeoutMs,
    poolSize: address.poolSize,
    installExtensions: false,
    entities: entitiesOf('postgres', 'bytea'),
    poolErrorHandler: (error: Error) =>
      options.logger.warn({ error: error.message }, 'an idle connection to Postgres was lost'),
    extra: { types, keepAlive: true, idleTimeoutMillis: 60_000 },
  });
}
