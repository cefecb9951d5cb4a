import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { configDocs } from '../src/cli/config.commands.js';
import { errorDocs } from '../src/cli/error-docs.js';
import { withTraits } from '../src/cli/store-docs.js';

describe('the reference pages', () => {
  it.each([
    ['docs/configuration.md', configDocs],
    ['docs/errors.md', errorDocs],
  ])('%s says what the code does; npm run docs writes it anew', (file, write) => {
    expect(readFileSync(file, 'utf8')).toBe(write());
  });

  it('docs/stores.md has the table of traits that the adapters declare; npm run docs writes it anew', () => {
    const page = readFileSync('docs/stores.md', 'utf8');
    expect(page).toBe(withTraits(page));
  });

  it('docs/performance.md and its charts say what was measured; npm run bench:page writes them anew', () => {
    execFileSync(process.execPath, ['bench/page.mjs', '--check']);
  });
});
