import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** As an operator does. */
export const writeSecrets = (file: string): Promise<{ stdout: string; stderr: string }> =>
  promisify(execFile)(process.execPath, ['scripts/compose-init.mjs', file]);
