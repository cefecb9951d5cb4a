import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisUrl } from './redis-url.js';
import { wantsAnotherConnection } from './redis-errors.js';

export type Client = Redis | Cluster;

/** How long after a lost connection the next attempt is made, ms; recovery is promised within 5 s. */
const pause = (attempt: number): number => Math.min(50 * attempt, 500);

export interface ClientSettings {
  timeoutMs: number;
  /** Before the first success a failure is final: whoever opens decides whether to try again. */
  persistent: () => boolean;
  name: string;
}

/**
 * What every connection has in common. Nothing is sent twice: a command whose reply is lost fails at
 * once (`maxRetriesPerRequest`), since only its caller knows whether a repeat is harmless.
 */
export function commonOptions({ tls, username, password, db }: RedisUrl, settings: ClientSettings) {
  return {
    lazyConnect: true,
    // With one command to a handshake its answer is heard, also where the server then hangs up.
    disableClientInfo: true,
    connectTimeout: Math.min(settings.timeoutMs, 3000),
    disconnectTimeout: 200,
    maxLoadingRetryTime: 500,
    maxRetriesPerRequest: 0,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    reconnectOnError: wantsAnotherConnection,
    db,
    ...(tls && { tls: {} }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  } satisfies RedisOptions;
}

/** A client that is not connected yet. */
export function makeClient(url: RedisUrl, settings: ClientSettings): Client {
  const { topology, addresses, tls, master, username, password, sentinelAuth } = url;
  const again = (attempt: number) => (settings.persistent() ? pause(attempt) : null);
  const common = commonOptions(url, settings);
  if (topology === 'cluster') {
    return new Cluster(addresses, {
      lazyConnect: true,
      redisOptions: common,
      clusterRetryStrategy: again,
      // Both would send a command a second time, or long after its caller has given up.
      retryDelayOnFailover: 0,
      enableOfflineQueue: false,
      slotsRefreshTimeout: Math.min(settings.timeoutMs, 2000),
      slotsRefreshInterval: 2000,
    });
  }
  if (topology === 'sentinel') {
    const client = new Redis({
      ...common,
      retryStrategy: again,
      sentinels: addresses,
      name: master ?? '',
      sentinelRetryStrategy: again,
      sentinelCommandTimeout: 1000,
      enableTLSForSentinelMode: tls,
      ...(tls && { sentinelTLS: {} }),
      ...(sentinelAuth && username !== undefined && { sentinelUsername: username }),
      ...(sentinelAuth && password !== undefined && { sentinelPassword: password }),
    });
    return named(client, settings.name);
  }
  return named(new Redis({ ...common, ...addresses[0], retryStrategy: again }), settings.name);
}

/** For the operator who looks at CLIENT LIST; the connection is as good without. */
function named(client: Redis, name: string): Redis {
  client.on('ready', () => {
    client.client('SETNAME', name).catch(() => undefined);
  });
  return client;
}

/** The servers that take writes. */
export const primaries = (client: Client): Redis[] =>
  client instanceof Cluster ? client.nodes('master') : [client];

/** Drops a connection whose server does not answer; the client makes another. */
export function drop(connection: Redis): void {
  if (connection.status === 'ready' || connection.status === 'connect') connection.stream.destroy();
}
