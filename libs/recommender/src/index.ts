export * from './data/index.js';
export * from './metrics/index.js';
export * from './model/index.js';
export { Random } from './random.js';
export * from './synthetic/index.js';
export * from './training/index.js';
