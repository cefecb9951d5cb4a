// Removes from a node_modules what no running server reads: `node prune.mjs node_modules`.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const [root] = process.argv.slice(2);
if (!root || !existsSync(root)) {
  console.error('usage: prune.mjs <node_modules>');
  process.exit(64);
}

/** Source maps, type declarations and pages for readers; licences stay. */
const unread = /\.(map|d\.[cm]?ts|ts|tsx|md|markdown|flow|tsbuildinfo)$/i;
for (const entry of readdirSync(root, { recursive: true, withFileTypes: true }))
  if (entry.isFile() && unread.test(entry.name)) rmSync(join(entry.parentPath, entry.name));

/** Builds for browsers and bundlers, and a native module's sources and its version for older Nodes. */
const whole = [
  '@types',
  'better-sqlite3',
  'better-sqlite3-napi/deps',
  'better-sqlite3-napi/src',
  'rxjs/dist/bundles',
  'rxjs/dist/esm',
  'rxjs/dist/esm5',
  'rxjs/src',
  'typeorm/browser',
];
for (const path of whole) rmSync(join(root, path), { recursive: true, force: true });

/** Folders of which some files are all that is used. */
const kept = {
  'better-sqlite3-napi/prebuilds': [`linux-${process.arch}.node`],
  'swagger-ui-dist': [
    'LICENSE',
    'NOTICE',
    'favicon-32x32.png',
    'package.json',
    'swagger-ui-bundle.js',
    'swagger-ui.css',
  ],
};
for (const [path, names] of Object.entries(kept)) {
  const folder = join(root, path);
  const missing = names.filter((name) => name !== 'NOTICE' && !existsSync(join(folder, name)));
  if (missing.length > 0) throw new Error(`${path} has no ${missing.join(', ')} any more`);
  for (const name of readdirSync(folder))
    if (!names.includes(name)) rmSync(join(folder, name), { recursive: true });
}
