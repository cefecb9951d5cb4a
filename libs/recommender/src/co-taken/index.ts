export * from './model.js';
export * from './recommend.js';
export * from './train.js';
