import type { Adapter } from '#libs/state';
import { MongoDataStore } from './mongo-data-store.js';
import { MongoEventBus } from './mongo-event-bus.js';
import { MongoHistoryStore } from './mongo-history-store.js';
import { MongoSessionStore } from './mongo-session-store.js';

/** A replica set, every acknowledged write on a majority of it. Also for servers that speak its protocol. */
export const mongodb: Adapter = {
  name: 'mongodb',
  schemes: ['mongodb', 'mongodb+srv'],
  example: 'mongodb://localhost:27017/maxiaoke?replicaSet=rs0',
  shared: true,
  data: (options) => new MongoDataStore(options),
  history: (options) => new MongoHistoryStore(options),
  session: (options) => new MongoSessionStore(options),
  bus: (options) => new MongoEventBus(options),
};
