export * from './interactions.js';
export * from './interactions-builder.js';
export * from './history.js';
export * from './sparse-rows.js';
