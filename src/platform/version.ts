import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The package's version; the process runs in the package's root. */
export const version = (
  JSON.parse(readFileSync(join(process.cwd(), 'package.json'), 'utf8')) as { version: string }
).version;
