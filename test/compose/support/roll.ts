import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Deployment } from './deployment.js';

/** As an operator does. */
export async function roll(deployment: Deployment, service: string): Promise<void> {
  const { options, environment } = deployment;
  const args = ['scripts/compose-roll.mjs', service, ...options];
  await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...environment } });
}
