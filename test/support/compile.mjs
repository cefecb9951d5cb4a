// What is run by Node itself is no test and is not compiled by Jest: this compiles it, types as they stand.
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from '@swc/core';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The TypeScript of `folder` (below the root of the project), from there. */
export const sourcesIn = (folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'));

/** Compiles these files into `dist`. */
export function compile(paths) {
  for (const path of paths) {
    const { code } = transformSync(readFileSync(join(root, path), 'utf8'), {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'es6' },
    });
    const file = join(root, 'dist', path.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.${process.pid}`, code);
    renameSync(`${file}.${process.pid}`, file); // several workers do this at once
  }
}

/** Imports what `compile` made of this file. */
export const load = (path) =>
  import(pathToFileURL(join(root, 'dist', path.replace(/\.ts$/, '.js'))).href);
