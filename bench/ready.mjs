#!/usr/bin/env node
// Time from starting the process to /health/ready, per profile, with a store that is migrated and filled.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import { suite } from './lib/compare.mjs';
import { options } from './lib/options.mjs';
import { start } from './lib/server.mjs';
import { maxiaoke, root } from './lib/setup.mjs';
import { startStore, storeNames } from './lib/stores.mjs';

const folder = join(root, 'config/profiles');
const all = readdirSync(folder).map((file) => file.replace(/\.env$/, ''));
const given = options({ profiles: { type: 'string', default: all.join(',') } });
const { wants, compare } = suite('ready', given);

/** The profile's variables, its stores on servers of this run. */
async function variablesOf(profile, servers) {
  const given = parseEnv(readFileSync(join(folder, `${profile}.env`), 'utf8'));
  const fresh = new Map();
  const variables = {};
  for (const [name, value] of Object.entries(given)) {
    const store = storeNames.find((one) => value.startsWith(`${one}:`));
    if (!store) {
      variables[name] = value;
      continue;
    }
    if (!servers.has(store)) servers.set(store, await startStore(store));
    if (!fresh.has(store)) fresh.set(store, await servers.get(store).fresh());
    variables[name] = fresh.get(store);
  }
  // What the suite sets to memory for other benchmarks is the profile's own here.
  return { HISTORY_STORE: '', ...variables, DEMO: 'on' };
}

async function secondsToReady(contender) {
  const started = performance.now();
  const server = await start(contender);
  while (!(await fetch(`http://127.0.0.1:${server.port}/health/ready`)).ok) await sleep(20);
  const seconds = (performance.now() - started) / 1000;
  await server.stop();
  return seconds;
}

const figure = 'secondsToReady';
const servers = new Map();
try {
  for (const profile of given.profiles.split(',')) {
    if (!wants(profile)) continue;
    const contender = maxiaoke(await variablesOf(profile, servers));
    await secondsToReady(contender); // migrates and fills the store
    await compare({
      work: profile,
      figure,
      contenders: [contender],
      wanted: [{ figure, neverAbove: 3 }],
      measure: async (one) => ({ [figure]: await secondsToReady(one) }),
    });
  }
} finally {
  for (const server of servers.values()) await server.stop();
}
