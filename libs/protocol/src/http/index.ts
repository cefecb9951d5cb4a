import type { Contract } from './contract.js';
import { courseContracts } from './courses.js';
import { identityContracts } from './identity.js';
import { recommendationContracts } from './recommendations.js';
import { roomContracts } from './rooms.js';

/** Every HTTP operation under /api/v1. */
export const contracts: readonly Contract[] = [
  ...identityContracts,
  ...courseContracts,
  ...recommendationContracts,
  ...roomContracts,
];
