import type { Adapter } from '#libs/state';
import { RedisEventBus } from './bus/redis-event-bus.js';
import { RedisHistoryStore } from './history/redis-history-store.js';
import { RedisSessionStore } from './session/redis-session-store.js';
import { examples } from './redis-url.js';

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
  history: (options) => new RedisHistoryStore(options),
  session: (options) => new RedisSessionStore(options),
  bus: (options) => new RedisEventBus(options),
};
