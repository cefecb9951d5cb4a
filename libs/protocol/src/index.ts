export * from './http/common.js';
export * from './http/contract.js';
export * from './http/rooms.js';
export * from './ws/codes.js';
export * from './ws/commands.js';
export * from './ws/rpc.js';
