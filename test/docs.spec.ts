import { readFileSync } from 'node:fs';
import { configDocs } from '../src/cli/config.commands.js';
import { errorDocs } from '../src/cli/error-docs.js';

describe('the reference pages', () => {
  it.each([
    ['docs/configuration.md', configDocs],
    ['docs/errors.md', errorDocs],
  ])('%s says what the code does; npm run docs writes it anew', (file, write) => {
    expect(readFileSync(file, 'utf8')).toBe(write());
  });
});
