#!/usr/bin/env node
// Resident memory of an idle connection: Maxiaoke's with a session, presence and a subscribed room, against a
// connection of socket.io that nothing is done with, interleaved.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ours } from './lib/chat.mjs';
import { suite } from './lib/compare.mjs';
import { number as spelt } from './lib/figures.mjs';
import { run } from './lib/load.mjs';
import { options } from './lib/options.mjs';
import { residentBytes, start } from './lib/server.mjs';
import { bench, peer } from './lib/setup.mjs';

const given = options({ connections: { type: 'string', default: '5000' } });
const connections = Math.ceil(given.connections * given.scale);
const settleMs = 3000;

/** As it stands, and after the garbage was collected: what connecting left behind is no connection's. */
async function resident({ pid }) {
  await sleep(settleMs);
  const asItStands = residentBytes(pid);
  process.kill(pid, 'SIGUSR2');
  await sleep(settleMs);
  return { asItStands, collected: residentBytes(pid) };
}

async function measure(contender) {
  const collecting = ['--expose-gc', '--import', join(bench, 'lib/collect-when-told.mjs')];
  const server = await start({ ...contender, node: [...collecting, ...(contender.node ?? [])] });
  try {
    const settings = { wire: contender.wire, room: contender.room, connections };
    const { loadCores, samples } = await run('idle.mjs', server, settings, resident);
    const [before, after] = samples;
    const each = (figure) => (after[figure] - before[figure]) / connections / 1000;
    return {
      kilobytesPerConnection: each('collected'),
      kilobytesAsItStands: each('asItStands'),
      megabytesBefore: before.collected / 1e6,
      loadCores,
    };
  } finally {
    await server.stop();
  }
}

const figure = 'kilobytesPerConnection';
await suite('idle', given).compare({
  work: `${spelt(given.connections)} idle connections`,
  figure,
  contenders: [
    { ...ours(), room: 'lobby' },
    { ...peer('socket.io', 'socketio-bare.mjs'), wire: 'socketio' },
  ],
  wanted: [
    { figure, against: 'socket.io', atMostTimes: 0.55 },
    { figure, atMost: 9 },
  ],
  measure,
});
