export * from './split.js';
export * from './synthetic-ratings.js';
