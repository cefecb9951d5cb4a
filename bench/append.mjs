#!/usr/bin/env node
// Events per second and CPU per event of an append, per store, against one write a message through ten
// connections of the same driver: the same server and machine, interleaved. `node --cpu-prof` profiles the load.
import { suite } from './lib/compare.mjs';
import { run } from './lib/load.mjs';
import { options } from './lib/options.mjs';
import { startStore, storeNames } from './lib/stores.mjs';

const given = options({
  stores: { type: 'string', default: storeNames.join(',') },
  seconds: { type: 'string', default: '2' },
  messages: { type: 'string', default: '200000' },
  rooms: { type: 'string', default: '16' },
  terms: { type: 'string', default: '8' },
  cids: { type: 'string', default: 'ordered' },
});
const { messages, rooms, terms, cids } = given;
const seconds = given.seconds * given.scale;
const { compare } = suite('append', given);
/** How many times the events per second of one write a message, 64 in flight; with one, not much slower. */
const timesMore = { sqlite: 10, postgres: 5, mysql: 5, mongodb: 3, redis: 1.5 };
const alone = 1 / 1.3;

/** Ours as the chat sends (with terms to be found by), ours without, and one write a message. */
const ways = [
  { name: 'append', terms: 0 },
  { name: `append, ${terms} terms`, terms },
  { name: 'one write a message', terms: 0, single: true },
];

/** On a server of its own: what an earlier measurement left in its memory would slow a later one down. */
async function measure(store, inFlight, way) {
  const server = await startStore(store);
  try {
    const reported = await run('append.mjs', server, {
      store,
      url: await server.fresh(),
      single: way.single,
      terms: way.terms,
      cids,
      inFlight,
      seconds,
      messages,
      roomCount: inFlight === 1 ? 1 : rooms,
    });
    return {
      eventsPerSecond: reported.events / reported.seconds,
      clientCpuMicros: reported.clientCpuMicros,
      serverCpuMicros: (reported.cpuSeconds / reported.events) * 1e6,
      eventsPerCommit: reported.perCommit,
    };
  } finally {
    await server.stop();
  }
}

const figure = 'eventsPerSecond';
for (const store of given.stores.split(','))
  for (const inFlight of [64, 1])
    await compare({
      work: `${store}, ${inFlight} in flight`,
      figure,
      contenders: ways,
      wanted: [
        {
          ...{ figure, ours: 'append', against: 'one write a message' },
          timesMore: inFlight === 1 ? alone : timesMore[store],
        },
      ],
      measure: (way) => measure(store, inFlight, way),
    });
process.exit();
