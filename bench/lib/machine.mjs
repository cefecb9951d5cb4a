import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { bench, root } from './setup.mjs';

const versionOf = (folder) =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
const installed = (name) => {
  const folder = join(bench, 'node_modules', name);
  return existsSync(folder) ? { [name]: versionOf(folder) } : {};
};

function commit() {
  try {
    const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
    return git('rev-parse', '--short', 'HEAD');
  } catch {
    return 'unknown'; // not a clone
  }
}

/** Versions of the servers that took part, told by whoever starts one. */
export const servers = {};

/** What a result was measured on. */
export function machine() {
  const [{ model }] = cpus();
  return {
    machine: `${model}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB`,
    commit: commit(),
    versions: {
      node: process.versions.node,
      ...['socket.io', '@socket.io/redis-adapter', 'ws', 'bun', '@nestjs/core'].reduce(
        (all, name) => ({ ...all, ...installed(name) }),
        {},
      ),
      ...servers,
    },
  };
}
