import { createRequire } from 'node:module';
import type { Adapter } from '#libs/state';
import { example } from './nats-url.js';

const load = createRequire(import.meta.url);

/** Loaded when the first of them is made: a process that keeps nothing here does not carry the driver. */
const stores = () => load('./stores.js') as typeof import('./stores.js');

/** Core NATS as the event bus: one server or a cluster. */
export const nats: Adapter = {
  name: 'nats',
  schemes: ['nats'],
  example,
  shared: true,
  bus: (options) => new (stores().NatsEventBus)(options),
};
