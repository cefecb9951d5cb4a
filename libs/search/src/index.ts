export * from './highlight.js';
export * from './ranking.js';
export * from './tokenizer.js';
