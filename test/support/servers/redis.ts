import { Redis } from 'ioredis';
import { find } from './programs.js';
import { credentials, password, type ServerKind } from './server-kind.js';

async function connected<T>(url: string, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    client.disconnect();
  }
}

/** Append-only, every write on disk before it is answered, and nothing evicted. */
export const redis: ServerKind = {
  name: 'redis',
  install: 'redis-server',
  user: 'redis',
  program: () => find('redis-server'),
  launch: (dir, port) => ({
    program: find('redis-server') ?? 'redis-server',
    args: [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', dir],
      ...['--requirepass', password, '--appendonly', 'yes', '--appendfsync', 'always'],
      ...['--maxmemory-policy', 'noeviction', '--save', ''],
    ],
  }),
  url: (port) => `redis://${credentials('default')}@127.0.0.1:${port}/0`,
  ready: (url) =>
    connected(url, async (client) => {
      await client.ping();
    }),
  fresh: async (url, name) => {
    const made = new URL(url);
    made.searchParams.set('prefix', name);
    return made.href;
  },
  drop: (url, names) =>
    connected(url, async (client) => {
      const stray: string[] = [];
      for await (const found of client.scanStream({ count: 1000 })) {
        const keys = found as string[];
        const own = keys.filter((key) => names.some((name) => key.includes(name)));
        if (own.length > 0) await client.unlink(...own);
        stray.push(...keys.filter((key) => !/test_[a-z0-9_]+/.test(key)));
      }
      if (stray.length > 0)
        throw new Error(`redis has keys outside every prefix: ${stray.slice(0, 10).join(', ')}`);
    }),
};
