#!/usr/bin/env node
// Seconds and peak memory of training, by size: synthetic ratings, each training in a process of its own that reads
// them one by one. `--only blend` measures a part, `--budget N` gives choosing N seconds (0: none).
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './lib/setup.mjs';

/** Within so many seconds and MB each has to stay. */
const runs = [
  { algorithm: 'ease', users: 943, items: 1700, ratings: 75_000, seconds: 2.5, megabytes: 2048 },
  { algorithm: 'blend', users: 943, items: 1700, ratings: 75_000, seconds: 60, megabytes: 2048 },
  { algorithm: 'ease', users: 10_000, items: 10_000, ratings: 1e6, seconds: 300, megabytes: 2048 },
  { algorithm: 'blend', users: 10_000, items: 10_000, ratings: 1e6, seconds: 300, megabytes: 2048 },
  { algorithm: 'blend', users: 50_000, items: 20_000, ratings: 5e6, seconds: 900, megabytes: 4096 },
];

async function measure({ algorithm, budgetMs, ...size }) {
  const { eachSyntheticRating, InteractionsBuilder, served, Training, encodeModel } = await import(
    join(root, 'dist/libs/recommender/src/index.js')
  );
  const builder = new InteractionsBuilder({ weights: 'ratings', duplicates: 'latest' });
  for (const { user, item, rating, at } of eachSyntheticRating(size))
    builder.add({ user: `u${user}`, item: `i${item}`, weight: rating, at });
  const data = builder.build();
  let last = '';
  const onProgress = ({ step }) => {
    if (step !== last) process.stderr.write(`  ${step}\n`);
    last = step;
  };
  const trained = await new Training(data, { budgetMs, onProgress }).fit(algorithm);
  const bytes = encodeModel(await served(data, trained, { trainedAt: 0 })).length;
  return {
    interactions: data.size,
    chooseSeconds: trained.chooseSeconds,
    fitSeconds: trained.fitSeconds,
    cpuSeconds: process.cpuUsage().user / 1e6,
    peakMb: process.resourceUsage().maxRSS / 1024,
    modelMb: bytes / 2 ** 20,
  };
}

if (process.send) {
  process.once('message', async (request) => {
    process.send(await measure(request), () => process.exit());
  });
} else {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      budget: { type: 'string', default: '120' },
    },
  });
  for (const { seconds, megabytes, ...run } of runs) {
    const name = `${run.algorithm} ${run.items}/${run.ratings}`;
    if (!new RegExp(values.only).test(name)) continue;
    const child = fork(fileURLToPath(import.meta.url));
    child.send({ ...run, budgetMs: Number(values.budget) * 1000 });
    const measured = await new Promise((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', (code, signal) =>
        reject(new Error(`${name} ended with ${signal ?? code}`)),
      );
    });
    const all = measured.chooseSeconds + measured.fitSeconds;
    const within = (run.ratings > 75_000 ? all : measured.fitSeconds) <= seconds;
    const small = measured.peakMb <= megabytes;
    const shown = Object.entries(measured).map(
      ([key, value]) => `${key} ${Number(value.toFixed(2))}`,
    );
    console.log(`${name}: ${shown.join(', ')}`);
    console.log(
      `  ${within ? 'within' : 'NOT within'} ${seconds} s, ${small ? 'within' : 'NOT within'} ${megabytes} MB`,
    );
    if (!within || !small) process.exitCode = 1;
  }
}
