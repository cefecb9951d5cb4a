export { RedisEventBus } from './bus/redis-event-bus.js';
export { RedisHistoryStore } from './history/redis-history-store.js';
export { RedisSessionStore } from './session/redis-session-store.js';
