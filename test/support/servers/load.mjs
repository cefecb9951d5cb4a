// What starts a run is no test and is not compiled by Jest: this compiles the same sources for Node.
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';

const support = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(dirname(dirname(support)), 'dist/test/support');

const sources = [
  ...['ports.ts', 'until.ts'],
  ...readdirSync(join(support, 'servers')).map((name) => join('servers', name)),
];
for (const name of sources.filter((path) => path.endsWith('.ts'))) {
  const { code } = transformSync(readFileSync(join(support, name), 'utf8'), {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
  });
  const file = join(out, name.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, code);
  renameSync(`${file}.${process.pid}`, file); // several workers do this at once
}

const load = (name) => import(pathToFileURL(join(out, 'servers', name)).href);
export const { kinds } = await load('kinds.js');
export const { announcementVariable, lack, ServersOfRun, wanted } = await load('run.js');
