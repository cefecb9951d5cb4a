export { NatsEventBus } from './nats-event-bus.js';
