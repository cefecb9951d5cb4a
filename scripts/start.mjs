import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, setUp } from './setup.mjs';

await setUp();
process.argv.splice(1, 1, join(root, 'dist/src/cli.js'));
await import(pathToFileURL(join(root, 'dist/src/cli.js')).href);
