import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const bench = dirname(dirname(fileURLToPath(import.meta.url)));
export const root = dirname(bench);
export const secret = 'a secret of thirty-two bytes for benchmarks';

const maxiaokeEnv = {
  AUTH_SECRET: secret,
  DATA_STORE: 'memory:',
  HISTORY_STORE: 'memory:',
  SESSION_STORE: 'memory:',
  DEMO: 'off',
  RATE_LIMIT: 'off',
  LOG_LEVEL: 'warn',
  DRAIN_SECONDS: '0',
};

/** Node's options that `npm start` gives it, as does the image. */
const nodeOptions = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  .scripts.start.split(' ')
  .filter((word) => word.startsWith('--'));

/** Maxiaoke as built and as started, in memory unless `env` says otherwise. */
export function maxiaoke(env = {}) {
  const cli = join(root, 'dist/src/cli.js');
  if (!existsSync(cli)) throw new Error('nothing is built yet; run npm run build');
  return { name: 'maxiaoke', script: cli, node: nodeOptions, env: { ...maxiaokeEnv, ...env } };
}

/** Bun's program as its package for this platform has it: the package `bun` itself only links to it. */
const bun = () => join(bench, `node_modules/@oven/bun-${process.platform}-${process.arch}/bin/bun`);

/** A server it is compared with, from `bench/peers`; what it needs is installed on first use. */
export function peer(name, script, env = {}) {
  const lock = readFileSync(join(bench, 'package-lock.json'), 'utf8');
  const stamp = join(bench, 'node_modules/.installed');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    console.error('installing what is compared with (once) …');
    const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: bench,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (npm.status !== 0) throw new Error('npm ci in bench/ failed');
    writeFileSync(stamp, lock);
  }
  const command = script.startsWith('bun') ? bun() : process.execPath;
  return {
    name,
    script: join(bench, 'peers', script),
    env: { AUTH_SECRET: secret, ...env },
    command,
  };
}
