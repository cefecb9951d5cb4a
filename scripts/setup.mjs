// What `npm start`, `npm test` and `npm run dev` share: install and build where missing or stale.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

const say = (text) => process.stderr.write(`maxiaoke: ${text}\n`);

/** Runs a command; its output is shown where it fails. */
export function run(command, args, { show = false, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = show ? 'inherit' : ['ignore', 'pipe', 'pipe'];
    const child = spawn(command, args, { stdio, env: { ...process.env, ...env } });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) return resolve();
      if (!show) process.stderr.write(output);
      reject(new Error(`${command} ${args.join(' ')} ended with ${code}`));
    });
  });
}

const hash = (...files) => {
  const sum = createHash('sha256');
  for (const file of files) sum.update(file).update(readFileSync(file));
  return sum.digest('hex');
};

const sources = () =>
  ['src', 'libs']
    .flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => join(folder, name)))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && statSync(file).isFile())
    .sort();

const stamp = {
  fresh: (file, value) => existsSync(file) && readFileSync(file, 'utf8') === value,
  set: (file, value) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, value);
  },
};

const installed = 'node_modules/.maxiaoke-lock';
const built = 'dist/.maxiaoke-sources';

/** The compiler, in `dist`; with `--noCheck` it takes types as they stand, in a third of the time. */
export const compile = (...options) =>
  run(process.execPath, [
    'node_modules/typescript/bin/tsc',
    '-p',
    'tsconfig.build.json',
    ...options,
  ]);

async function build(value) {
  say('building');
  await compile('--noCheck');
  stamp.set(built, value);
}

/** Leaves node_modules and dist as the lock file and the sources want them. */
export async function setUp() {
  const lock = hash('package-lock.json');
  const wanted = hash('tsconfig.json', 'tsconfig.build.json', ...sources());
  const buildIsFresh = () => stamp.fresh(built, wanted) && existsSync('dist/src/cli.js');
  if (!stamp.fresh(installed, lock)) {
    say('installing packages (once; a minute or so)');
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    await run(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
    // Node before 22.14 needs better-sqlite3 12 (libs/state/adapters/sqlite/driver.ts), which compiles where no
    // prebuilt file can be fetched, at the level SQLite itself is built with: above it takes longer and
    // runs no faster. Meanwhile the build runs.
    const compiles = Number(process.versions.napi) < 10;
    if (compiles) say('preparing better-sqlite3');
    const env = { JOBS: 'max', CFLAGS: process.env.CFLAGS ?? '-O2' };
    await Promise.all([
      compiles && run(npm, ['rebuild', 'better-sqlite3', '--loglevel=error'], { env }),
      buildIsFresh() ? undefined : build(wanted),
    ]);
    stamp.set(installed, lock);
  } else if (!buildIsFresh()) {
    await build(wanted);
  }
}
