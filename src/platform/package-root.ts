import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const holding = (folder: string): string =>
  existsSync(join(folder, 'package.json')) ? folder : holding(dirname(folder));

/** The folder of package.json, of the sources as of the build; the process may run anywhere. */
export const packageRoot = holding(import.meta.dirname);
