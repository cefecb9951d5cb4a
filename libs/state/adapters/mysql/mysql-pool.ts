import { isIP } from 'node:net';
import mysql, {
  type Pool,
  type PoolConnection as Driver,
  type PoolOptions,
  type TypeCastField,
  type TypeCastNext,
} from 'mysql2';
import { DataSource } from 'typeorm';
import {
  defaultTimeoutMs,
  StoreMisconfigured,
  type StoreOptions,
  within,
  withoutPassword,
} from '#libs/state';
import { entitiesOf } from '../_sql/entities/index.js';
import { type ConnectionPool, endWithin, type PoolConnection } from '../_sql/pool.js';
import { addressOf } from '../_sql/url.js';
import { example } from './example.js';
import { MysqlConnection } from './mysql-connection.js';
import { translate } from './mysql-errors.js';

/** Kept on each connection: the appends' most frequent ones. A server has room for 16,382 as installed. */
const maxPreparedStatements = 40;

/**
 * Whatever the server's defaults: a value that does not fit is an error, a backslash escapes, nobody
 * waits for a lock, holding others, when its caller has given up, and nobody who went silent keeps one.
 */
const sessionSettings = (timeoutMs: number): string[] => [
  `SET SESSION sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = ${Math.ceil(timeoutMs / 1000)}, wait_timeout = ${Math.ceil((2 * timeoutMs) / 1000)}`,
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
];

export class MysqlPool implements ConnectionPool {
  readonly begin = {
    write: ['START TRANSACTION'],
    // The level is that of the next transaction alone.
    snapshot: [
      'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ',
      'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
    ],
  };
  private readonly idleSince = new WeakMap<Driver, number>();

  private constructor(
    private readonly source: DataSource,
    private readonly pool: Pool,
    private readonly connections: ReadonlySet<Driver>,
    private readonly timeoutMs: number,
  ) {
    pool.on('release', (connection) => this.idleSince.set(connection, performance.now()));
  }

  /** @throws StoreMisconfigured, StoreUnavailable */
  static async open(options: StoreOptions): Promise<MysqlPool> {
    const { url, variable, timeoutMs = defaultTimeoutMs } = options;
    const place = { variable, shown: withoutPassword(url) };
    const connections = new Set<Driver>();
    const source = sourceOf(options, connections);
    try {
      await within(timeoutMs, `${variable}: ${place.shown}`, source.initialize());
    } catch (error) {
      for (const connection of connections) connection.destroy();
      throw translate(error, place);
    }
    const { pool } = source.driver as unknown as { pool: Pool };
    return new MysqlPool(source, pool, connections, timeoutMs);
  }

  /** As the server gives it, e.g. "10.11.6-MariaDB". */
  async version(): Promise<string> {
    const rows = await this.source.query<{ version: string }[]>('SELECT VERSION() AS version');
    return rows[0]?.version ?? '';
  }

  /** None that was idle for so long that the server may be ending it. */
  async connect(): Promise<PoolConnection> {
    for (;;) {
      const connection = await this.next();
      const since = this.idleSince.get(connection);
      this.idleSince.delete(connection);
      if (since === undefined || performance.now() - since < this.timeoutMs)
        return new MysqlConnection(connection);
      connection.destroy();
    }
  }

  async end(): Promise<void> {
    await endWithin(this.timeoutMs / 2, this.source.destroy(), () =>
      this.connections.forEach((connection) => connection.destroy()),
    );
  }

  private next(): Promise<Driver> {
    return new Promise((resolve, reject) => {
      this.pool.getConnection((error, connection) => {
        if (error) reject(error);
        else resolve(connection);
      });
    });
  }
}

function sourceOf(options: StoreOptions, connections: Set<Driver>): DataSource {
  const { timeoutMs = defaultTimeoutMs } = options;
  const address = addressOf(options, 3306, example);
  const { tls } = address;
  if (tls?.rejectUnauthorized && isIP(address.host) !== 0)
    throw new StoreMisconfigured(
      `${options.variable}: verify-full needs the name that the server's certificate is made out to, not an address`,
    );
  return new DataSource({
    type: 'mysql',
    driver: {
      ...mysql,
      createPool: (config: PoolOptions) =>
        tracked(
          mysql.createPool({ ...config, maxPreparedStatements }),
          connections,
          sessionSettings(timeoutMs),
        ),
    },
    ...(address.socket === undefined
      ? { host: address.host, port: address.port }
      : { socketPath: address.socket }),
    database: address.database,
    ...(address.user !== undefined && { username: address.user }),
    ...(address.password !== undefined && { password: address.password }),
    ...(tls && { ssl: { ...tls, verifyIdentity: tls.rejectUnauthorized } }),
    charset: 'utf8mb4',
    connectTimeout: timeoutMs,
    poolSize: address.poolSize,
    // What was there already is not counted as inserted.
    flags: ['-FOUND_ROWS'],
    supportBigNumbers: false,
    bigNumberStrings: false,
    entities: entitiesOf('mysql', 'blob'),
    // The log's appends: what else would be several round trips. Values are always parameters.
    extra: {
      multipleStatements: true,
      decimalNumbers: true,
      // The driver's own reading of a double's text can be off by its last bit.
      typeCast: (field: TypeCastField, next: TypeCastNext) =>
        field.type === 'DOUBLE' ? exactly(field.string()) : next(),
      enableKeepAlive: true,
    },
  });
}

const exactly = (text: string | null): number | null => (text === null ? null : Number(text));

function tracked(pool: Pool, connections: Set<Driver>, settings: readonly string[]): Pool {
  pool.on('connection', (connection: Driver) => {
    connections.add(connection);
    connection.once('end', () => connections.delete(connection));
    // Without a listener a second error of a broken connection takes the process down; its next
    // statement fails and says why.
    connection.on('error', () => connections.delete(connection));
    for (const sql of settings) connection.query(sql, (error) => error && connection.destroy());
  });
  return pool;
}
