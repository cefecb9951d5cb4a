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
const { wants, compare } = suite('append', given);
/** How many times the events per second of one write a message, 64 in flight; with one, not much slower. */
const timesMore = { sqlite: 10, postgres: 5, mysql: 5, mongodb: 3, redis: 1.5 };
const alone = 1 / 1.3;

/** Ours as the chat sends (with terms to be found by), ours without, and one write a message. */
const ways = [
  { name: 'append', terms: 0 },
  { name: `append, ${terms} terms`, terms },
  { name: 'one write a message', terms: 0, single: true },
];

async function measure(server, store, inFlight, way) {
  const {
    clientCpuMicros,
    events,
    seconds: took,
    perCommit,
    cpuSeconds,
  } = await run('append.mjs', server, {
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
    eventsPerSecond: events / took,
    clientCpuMicros,
    serverCpuMicros: (cpuSeconds / events) * 1e6,
    eventsPerCommit: perCommit,
  };
}

const figure = 'eventsPerSecond';
for (const store of given.stores.split(',')) {
  const works = new Map([64, 1].map((inFlight) => [`${store}, ${inFlight} in flight`, inFlight]));
  if (![...works.keys()].some(wants)) continue;
  const server = await startStore(store);
  try {
    for (const [work, inFlight] of works)
      await compare({
        work,
        figure,
        contenders: ways,
        wanted: [
          {
            ...{ figure, ours: 'append', against: 'one write a message' },
            timesMore: inFlight === 1 ? alone : timesMore[store],
          },
        ],
        measure: (way) => measure(server, store, inFlight, way),
      });
  } finally {
    await server.stop();
  }
}
process.exit();
