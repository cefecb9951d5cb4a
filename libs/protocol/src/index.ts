export * from './http/common.js';
export * from './http/contract.js';
