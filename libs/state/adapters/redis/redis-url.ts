import { StoreMisconfigured } from '#libs/state';

export type Topology = 'single' | 'cluster' | 'sentinel';

export interface Address {
  host: string;
  port: number;
}

/** A Redis URL, taken apart. */
export interface RedisUrl {
  topology: Topology;
  tls: boolean;
  username?: string;
  password?: string;
  /** One for `single`, one or more seeds otherwise. */
  addresses: Address[];
  /** What the Sentinels call the primary. */
  master?: string;
  db: number;
  /** Every key and channel starts with it. */
  prefix: string;
  /** Hints by SPUBLISH: always on a cluster, where the URL says so elsewhere. */
  sharded: boolean;
  /** The Sentinels ask for the same user and password as the server. */
  sentinelAuth: boolean;
  /** The URL without its secrets, for messages. */
  shown: string;
}

export const examples = {
  single: 'redis://localhost:6379/0',
  cluster: 'redis+cluster://node1:7000,node2:7001',
  sentinel: 'redis+sentinel://host1:26379,host2:26379/mymaster/0',
} as const;

const shape =
  /^(rediss?)(?:\+(cluster|sentinel))?:\/\/(?:([^@/?#]*)@)?([^/?#]*)(\/[^?#]*)?(\?[^#]*)?$/i;

/**
 * `redis[s][+cluster|+sentinel]://[user:password@]host[:port][,…][/database or /primary/database][?prefix=p&pubsub=plain|sharded]`.
 * The platform's URL parser takes no list of hosts. @throws StoreMisconfigured
 */
export function parseRedisUrl(url: string, variable: string): RedisUrl {
  const refuse = (why: string): never => {
    throw new StoreMisconfigured(
      `${variable}: ${why}; e.g. ${examples.single}, ${examples.cluster}, ${examples.sentinel}`,
    );
  };
  const parts = shape.exec(url.trim());
  if (!parts) return refuse('this is not a Redis URL');
  const [, scheme = '', kind, credentials, hosts = '', path = '', query = ''] = parts;
  const topology = (kind?.toLowerCase() ?? 'single') as Topology;
  const addresses = hosts
    .split(',')
    .map((host) => addressOf(host, topology) ?? refuse(`"${host}" is not host:port`));
  if (topology === 'single' && addresses.length > 1)
    refuse('several hosts need redis+cluster:// or redis+sentinel://');

  const segments = path.split('/').slice(1).map(decode);
  if (segments.at(-1) === '') segments.pop();
  const master = topology === 'sentinel' ? segments.shift() : undefined;
  if (topology === 'sentinel' && !master)
    refuse('the path must begin with the name the Sentinels have for the primary');
  const [database = '0', ...rest] = segments;
  if (rest.length > 0 || !/^\d{1,5}$/.test(database))
    refuse(`"${path}" does not name a database by its number`);
  if (topology === 'cluster' && Number(database) !== 0) refuse('a cluster has the database 0 only');

  const options = new URLSearchParams(query);
  for (const name of options.keys())
    if (name !== 'prefix' && name !== 'sentinelAuth' && name !== 'pubsub')
      refuse(`"${name}" is not an option; there are prefix, pubsub and sentinelAuth`);
  const cluster = topology === 'cluster';
  const pubsub = options.get('pubsub') ?? (cluster ? 'sharded' : 'plain');
  if (pubsub !== 'sharded' && (pubsub !== 'plain' || cluster))
    refuse(`pubsub must be ${cluster ? 'sharded on a cluster' : 'plain or sharded'}`);
  const prefix = options.get('prefix') ?? 'maxiaoke';
  if (!/^[\w.:-]{1,64}$/.test(prefix)) refuse('prefix must be 1–64 of letters, digits and ._:-');

  const colon = credentials?.indexOf(':') ?? -1;
  const username = decode(colon < 0 ? (credentials ?? '') : (credentials ?? '').slice(0, colon));
  const password = colon < 0 ? '' : decode((credentials ?? '').slice(colon + 1));
  return {
    topology,
    tls: scheme.toLowerCase() === 'rediss',
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
    addresses,
    ...(master !== undefined && { master }),
    db: Number(database),
    prefix,
    sharded: pubsub === 'sharded',
    sentinelAuth: /^(1|true|on)$/i.test(options.get('sentinelAuth') ?? ''),
    shown: `${scheme}${kind ? `+${kind}` : ''}://${credentials === undefined ? '' : '***@'}${hosts}${path}`,
  };
}

function addressOf(text: string, topology: Topology): Address | undefined {
  const found = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/i.exec(text);
  const host = found?.[1] ?? found?.[2];
  const port = Number(found?.[3] ?? (topology === 'sentinel' ? 26379 : 6379));
  return host === undefined || port < 1 || port > 65535 ? undefined : { host, port };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a bare % is taken as it is
  }
}
