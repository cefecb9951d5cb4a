#!/usr/bin/env node
// Writes docs/performance.md and its charts from bench/results; with --check says whether they are what it would write.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { performancePage } from './lib/page.mjs';
import { bench, root } from './lib/setup.mjs';

const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);
const files = performancePage(
  (name) => JSON.parse(read(join(bench, 'results', `${name}.json`)) ?? '{"results": []}').results,
);
for (const [path, text] of Object.entries(files)) {
  const file = join(root, path);
  if (read(file) === text) continue;
  if (process.argv.includes('--check')) {
    console.error(`${path} is not what bench/results say; npm run bench:page writes it anew`);
    process.exitCode = 1;
    continue;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`→ ${path}`);
}
