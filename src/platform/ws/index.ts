export * from './centrifuge.adapter.js';
export * from './connection.js';
export * from './connections.js';
export * from './flusher.js';
export * from './frame.js';
export * from './parse.js';
export * from './protocol-error.filter.js';
export * from './verb.js';
