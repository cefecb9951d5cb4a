export { MongoDataStore } from './mongo-data-store.js';
export { MongoEventBus } from './mongo-event-bus.js';
export { MongoHistoryStore } from './mongo-history-store.js';
export { MongoSessionStore } from './mongo-session-store.js';
