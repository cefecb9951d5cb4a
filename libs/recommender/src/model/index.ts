export * from './decode-model.js';
export * from './encode-model.js';
export * from './history-scorer.js';
export * from './model.js';
