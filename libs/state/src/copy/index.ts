export * from './copy-conflict.js';
export * from './history-copy.js';
export * from './history-difference.js';
export type { RoomDigest } from './room-difference.js';
export * from './renew-epochs.js';
export * from './session-copy.js';
export { markersOf, membersOf } from './member-copy.js';
export { allRooms } from './walk.js';
