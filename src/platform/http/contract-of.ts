import type { Contract } from '#libs/protocol';

export const CONTRACT = Symbol('contract');

/** The contract that a handler serves; undefined for the few routes that are none of the API's. */
export const contractOf = (handler: object): Contract | undefined =>
  Reflect.getMetadata(CONTRACT, handler) as Contract | undefined;
