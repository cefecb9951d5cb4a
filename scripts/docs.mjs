// Writes the pages, and the parts of pages, that the program describes itself: `npm run docs`.
import { readFileSync, writeFileSync } from 'node:fs';
import { setUp } from './setup.mjs';

await setUp();
const { configDocs } = await import('../dist/src/cli/config.commands.js');
const { errorDocs } = await import('../dist/src/cli/error-docs.js');
const { withTraits } = await import('../dist/src/cli/store-docs.js');

writeFileSync('docs/configuration.md', configDocs());
writeFileSync('docs/errors.md', errorDocs());
writeFileSync('docs/stores.md', withTraits(readFileSync('docs/stores.md', 'utf8')));
