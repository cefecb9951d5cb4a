import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

/** What is searched for: `{q, filter?}` each. */
export const searchCases = () =>
  readFileSync(join(root, 'test/search/cases.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
