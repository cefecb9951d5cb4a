#!/usr/bin/env node
// All clients of one room lose their replica at once (kill -9) and resume on the other: how long it takes, whether
// any has a gap, and whether what is read from the stores grows with the clients.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { suite } from './lib/compare.mjs';
import { number as spelt } from './lib/figures.mjs';
import { run } from './lib/load.mjs';
import { options } from './lib/options.mjs';
import { cpuSeconds, startReplicas } from './lib/server.mjs';
import { maxiaoke, root } from './lib/setup.mjs';
import { startStore } from './lib/stores.mjs';

const given = options({ clients: { type: 'string', default: '5000' } });
const require = createRequire(join(root, 'package.json'));
const { Redis } = require('ioredis');
const mysql = require('mysql2/promise');

/** Calls of commands that only read, by the server's own statistics; those inside of scripts too. */
async function redisReads(url) {
  const client = new Redis(url);
  try {
    const stats = await client.info('commandstats');
    const calls = [...stats.matchAll(/^cmdstat_(\w+)[^:]*:calls=(\d+)/gm)];
    const known = await client.call('COMMAND', 'INFO', ...calls.map(([, name]) => name));
    const reads = calls.filter((_, at) => [...(known[at]?.[2] ?? [])].includes('readonly'));
    return reads.reduce((sum, [, , count]) => sum + Number(count), 0);
  } finally {
    client.disconnect();
  }
}

async function mysqlReads(url) {
  const client = await mysql.createConnection(url);
  try {
    const [[{ Value: count }]] = await client.query("SHOW GLOBAL STATUS LIKE 'Com_select'");
    return Number(count);
  } finally {
    await client.end();
  }
}

/** A store each, so that their statistics tell them apart. */
const [history, session, data] = await Promise.all(['redis', 'redis', 'mysql'].map(startStore));

async function measure({ clients, ...contender }) {
  const [historyUrl, sessionUrl, dataUrl] = await Promise.all(
    [history, session, data].map((store) => store.fresh()),
  );
  const stores = { HISTORY_STORE: historyUrl, SESSION_STORE: sessionUrl, DATA_STORE: dataUrl };
  const env = { ...contender.env, ...stores, EVENT_BUS: sessionUrl, REPLICAS: '2' };
  const server = await startReplicas({ ...contender, env }, 2);
  const [lost, left] = server.pids;
  const survivor = { ...server, cpu: () => cpuSeconds(left) };
  const reads = () =>
    Promise.all([redisReads(historyUrl), redisReads(sessionUrl), mysqlReads(dataUrl)]);
  try {
    const report = await run('failover.mjs', survivor, { clients, pid: lost }, reads);
    const { cpuSeconds: _, samples, ...measured } = report;
    const [historyReads, sessionReads, dataReads] = samples[1].map((n, at) => n - samples[0][at]);
    return { ...measured, historyReads, sessionReads, dataReads };
  } finally {
    await server.stop();
  }
}

const clients = Math.ceil(given.clients * given.scale);
const contenders = [clients, Math.ceil(clients / 10)].map((count) => ({
  ...maxiaoke(),
  name: `${spelt(count)} clients`,
  clients: count,
}));
const [{ name: ours }, { name: against }] = contenders;
try {
  await suite('failover', given).compare({
    work: 'a room loses its replica',
    figure: 'secondsToResume',
    contenders,
    wanted: [
      { figure: 'secondsToResume', ours, neverAbove: 15 },
      { figure: 'gaps', ours, neverAbove: 0 },
      { figure: 'refused', ours, neverAbove: 0 },
      ...['historyReads', 'sessionReads', 'dataReads'].map((figure) => ({
        ...{ figure, ours, against, atMostTimes: 1.5 },
      })),
    ],
    measure,
  });
} finally {
  await Promise.all([history, session, data].map((store) => store.stop()));
}
process.exit();
