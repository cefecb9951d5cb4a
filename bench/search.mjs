#!/usr/bin/env node
// How long a search among 10,000 and 100,000 courses takes, and the memory its index is: the index by itself and
// the whole service on its stores, over HTTP, against MiniSearch by itself.
import { fork, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compile, sourcesIn } from '../test/support/compile.mjs';
import { atExit } from './lib/at-exit.mjs';
import { suite } from './lib/compare.mjs';
import { run } from './lib/load.mjs';
import { options } from './lib/options.mjs';
import { residentBytes, start } from './lib/server.mjs';
import { bench, maxiaoke, peer, root } from './lib/setup.mjs';
import { startStore } from './lib/stores.mjs';

const given = options({
  sizes: { type: 'string', default: '10000,100000' },
  passes: { type: 'string', default: '5' },
  stores: { type: 'string', default: 'sqlite,postgres' },
});
const { passes } = given;
const { compare } = suite('search', given);
peer('minisearch', 'minisearch.mjs'); // installs it
compile(sourcesIn('test/search'));
const { catalogue } = await import(join(root, 'dist/test/search/catalogue.js'));
const folder = mkdtempSync(join(tmpdir(), 'maxiaoke-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const settleMs = 2000;

/** In a process of its own: what one leaves in memory is not the other's. */
function measureIndex(way, courses) {
  const settings = { way: way.name, courses, rounds: passes };
  const child = fork(join(bench, 'load/search.mjs'), [JSON.stringify(settings)]);
  const gone = atExit(() => child.kill());
  return new Promise((resolve, reject) => {
    child.once('message', ({ p50, p95, p99, megabytesGrown, fillSeconds }) =>
      resolve({ p50, p95, p99, megabytesGrown, fillSeconds }),
    );
    child.once('exit', (code) => reject(new Error(`the search ended early, with ${code}`)));
  }).finally(() => {
    child.kill();
    gone();
  });
}

/** The same courses in a store; of all of them the importer is the instructor. */
function fill(url, courses) {
  const file = join(folder, 'courses.ndjson');
  const lines = [];
  for (const { id: _, facts, instructor: _name, instructorId: _of, ...row } of catalogue(courses))
    lines.push(JSON.stringify({ ...row, status: facts.status }));
  writeFileSync(file, `${lines.join('\n')}\n`);
  const { script, node, env } = maxiaoke({ DATA_STORE: url });
  for (const args of [
    ['user', 'add', 'importer', '--role', 'instructor'],
    ['import', 'courses', file, '--instructor', 'importer'],
  ]) {
    const stdio = ['ignore', 'ignore', 'inherit'];
    const all = { stdio, env: { PATH: process.env.PATH, ...env } };
    const { status } = spawnSync(process.execPath, [...node, script, ...args], all);
    if (status !== 0) throw new Error(`maxiaoke ${args.join(' ')} ended with ${status}`);
  }
}

async function resident({ pid }) {
  await sleep(settleMs);
  process.kill(pid, 'SIGUSR2');
  await sleep(settleMs);
  return residentBytes(pid) / 2 ** 20;
}

async function measureService({ url, empty }) {
  const collecting = ['--expose-gc', '--import', join(bench, 'lib/collect-when-told.mjs')];
  const on = (store) => {
    const server = maxiaoke({ DATA_STORE: store, MODULES: 'course' });
    return start({ ...server, node: [...collecting, ...server.node] });
  };
  const without = await on(empty);
  const before = await resident(without).finally(() => without.stop());
  const server = await on(url);
  try {
    const megabytesGrown = (await resident(server)) - before;
    const { p50, p95, p99 } = await run('search-service.mjs', server, { passes });
    return { p50, p95, p99, megabytesGrown };
  } finally {
    await server.stop();
  }
}

const stores = [];
for (const name of given.stores.split(',').filter(Boolean))
  stores.push({ name, store: await startStore(name) });
try {
  for (const size of String(given.sizes).split(',').map(Number)) {
    const courses = size * given.scale;
    const services = [];
    for (const { name, store } of stores) {
      const [url, empty] = [await store.fresh(), await store.fresh()];
      fill(url, courses);
      services.push({ name: `maxiaoke on ${name}`, url, empty });
    }
    const names = ['maxiaoke', ...services.map(({ name }) => name)];
    await compare({
      work: `${courses.toLocaleString('en-US')} courses`,
      figure: 'p95',
      contenders: [{ name: 'maxiaoke' }, ...services, { name: 'minisearch' }],
      wanted: [
        ...names.map((ours) => ({ figure: 'p95', ours, against: 'minisearch', timesLess: 1 })),
        ...(size >= 100_000
          ? names.map((ours) => ({ figure: 'megabytesGrown', ours, neverAbove: 150 }))
          : []),
      ],
      measure: (way) => (way.url ? measureService(way) : measureIndex(way, courses)),
    });
  }
} finally {
  for (const { store } of stores) await store.stop();
}
process.exit();
