export * from './evaluation.js';
export * from './list-metrics.js';
export * from './ranker.js';
export * from './top-k.js';
