import { createRequire } from 'node:module';
import type { Adapter } from '#libs/state';

const load = createRequire(import.meta.url);

/** Loaded when the first of them is made: a process that keeps nothing here does not carry the driver. */
const stores = () => load('./stores.js') as typeof import('./stores.js');

/** A replica set, every acknowledged write on a majority of it. Also for servers that speak its protocol. */
export const mongodb: Adapter = {
  name: 'mongodb',
  schemes: ['mongodb', 'mongodb+srv'],
  example: 'mongodb://localhost:27017/maxiaoke?replicaSet=rs0',
  shared: true,
  data: (options) => new (stores().MongoDataStore)(options),
  history: (options) => new (stores().MongoHistoryStore)(options),
  session: (options) => new (stores().MongoSessionStore)(options),
  bus: (options) => new (stores().MongoEventBus)(options),
};
