import type { Adapter } from '#libs/state';
import { MemoryDataStore } from './memory-data-store.js';
import { MemoryEventBus } from './memory-event-bus.js';
import { MemoryHistoryStore } from './memory-history-store.js';
import { MemorySessionStore } from './memory-session-store.js';

/** Everything in this process, gone with it. The model the other adapters are compared with. */
export const memory: Adapter = {
  name: 'memory',
  schemes: ['memory'],
  example: 'memory:',
  shared: false,
  data: (options) => new MemoryDataStore(options),
  history: (options) => new MemoryHistoryStore(options),
  session: (options) => new MemorySessionStore(options),
  bus: (options) => new MemoryEventBus(options),
};
