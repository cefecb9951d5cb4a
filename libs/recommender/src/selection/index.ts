export * from './choose.js';
export * from './inner-split.js';
