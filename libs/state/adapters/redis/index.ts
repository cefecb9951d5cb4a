import { createRequire } from 'node:module';
import type { Adapter } from '#libs/state';
import { examples } from './redis-url.js';

const load = createRequire(import.meta.url);

/** Loaded when the first of them is made: a process that keeps nothing here does not carry the driver. */
const stores = () => load('./stores.js') as typeof import('./stores.js');

/** One server, a cluster, or what the Sentinels point to: for several replicas. */
export const redis: Adapter = {
  name: 'redis',
  schemes: [
    'redis',
    'rediss',
    'redis+cluster',
    'rediss+cluster',
    'redis+sentinel',
    'rediss+sentinel',
  ],
  example: examples.single,
  shared: true,
  history: (options) => new (stores().RedisHistoryStore)(options),
  session: (options) => new (stores().RedisSessionStore)(options),
  bus: (options) => new (stores().RedisEventBus)(options),
};
