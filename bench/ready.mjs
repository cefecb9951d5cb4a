#!/usr/bin/env node
// Time from starting the process to /health/ready, per profile, with a store that is migrated and filled.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, parseEnv } from 'node:util';
import { save, shown, summary } from './lib/compare.mjs';
import { start } from './lib/server.mjs';
import { maxiaoke, root } from './lib/setup.mjs';
import { startStore, storeNames } from './lib/stores.mjs';

const folder = join(root, 'config/profiles');
const all = readdirSync(folder).map((file) => file.replace(/\.env$/, ''));
const { values } = parseArgs({
  options: {
    profiles: { type: 'string', default: all.join(',') },
    rounds: { type: 'string', default: '5' },
    within: { type: 'string', default: '3' },
  },
});

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

const servers = new Map();
const results = [];
try {
  for (const profile of values.profiles.split(',')) {
    const contender = { ...maxiaoke(await variablesOf(profile, servers)), name: profile };
    const first = await secondsToReady(contender);
    const times = [];
    for (let round = 0; round < Number(values.rounds); round += 1)
      times.push(await secondsToReady(contender));
    const ready = summary(times);
    const verdict = ready.most <= Number(values.within) ? 'reached' : 'MISSED';
    results.push({ profile, first, ready });
    console.log(
      `${profile}: ready after ${shown(ready)} s (within ${values.within}: ${verdict}); ${first.toFixed(2)} s on an empty store`,
    );
  }
} finally {
  for (const server of servers.values()) await server.stop();
}
console.log(`→ ${save('ready', { settings: { rounds: Number(values.rounds) }, results })}`);
