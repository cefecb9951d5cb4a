import type { Adapter } from '#libs/state';
import { NatsEventBus } from './nats-event-bus.js';
import { example } from './nats-url.js';

/** Core NATS as the event bus: one server or a cluster. */
export const nats: Adapter = {
  name: 'nats',
  schemes: ['nats'],
  example,
  shared: true,
  bus: (options) => new NatsEventBus(options),
};
