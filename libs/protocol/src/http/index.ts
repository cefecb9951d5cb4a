import type { Contract } from './contract.js';
import { identityContracts } from './identity.js';
import { roomContracts } from './rooms.js';

/** Every HTTP operation under /api/v1. */
export const contracts: readonly Contract[] = [...identityContracts, ...roomContracts];
