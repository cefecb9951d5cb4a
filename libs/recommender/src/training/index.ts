export * from './context.js';
export * from './train.js';
export * from './training.js';
