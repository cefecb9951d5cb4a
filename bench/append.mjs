#!/usr/bin/env node
// Events per second and CPU per event of an append, per store, against one write a message through ten
// connections of the same driver: the same server and machine, interleaved. `node --cpu-prof` profiles the load.
import { parseArgs } from 'node:util';
import { interleaved, save, shown } from './lib/compare.mjs';
import { run } from './lib/load.mjs';
import { startStore, storeNames, targets } from './lib/stores.mjs';

const { values } = parseArgs({
  options: {
    stores: { type: 'string', default: storeNames.join(',') },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    messages: { type: 'string', default: '200000' },
    rooms: { type: 'string', default: '16' },
    'in-flight': { type: 'string', default: '64,1' },
    terms: { type: 'string', default: '8' },
    cids: { type: 'string', default: 'ordered' },
  },
});
const { rounds, seconds, messages, terms } = Object.fromEntries(
  Object.entries(values).map(([name, value]) => [name, Number(value)]),
);

/** Ours as the chat sends (with terms to be found by), ours without, and one write a message. */
const ways = [
  { name: 'append', terms: 0 },
  { name: `append, ${terms} terms`, terms },
  { name: 'single', terms: 0 },
];

/** On a server of its own: what an earlier measurement left in its memory would slow a later one down. */
async function measure(store, inFlight, way) {
  const server = await startStore(store);
  try {
    const reported = await run('append.mjs', server, {
      store,
      url: await server.fresh(),
      way: way.name,
      terms: way.terms,
      cids: values.cids,
      inFlight,
      seconds,
      messages,
      roomCount: inFlight === 1 ? 1 : Number(values.rooms),
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

function line(name, { eventsPerSecond, clientCpuMicros, serverCpuMicros, eventsPerCommit }) {
  const parts = [
    `${shown(eventsPerSecond, 0)} events/s`,
    `CPU µs per event: client ${shown(clientCpuMicros, 0)}`,
    `server ${shown(serverCpuMicros, 0)}`,
    `${eventsPerCommit.median?.toFixed(1)} a commit`,
  ];
  return `  ${name.padEnd(16)} ${parts.join(', ')}`;
}

const results = [];
for (const store of values.stores.split(',')) {
  for (const inFlight of values['in-flight'].split(',').map(Number)) {
    const figures = await interleaved(
      ways,
      rounds,
      (way) => measure(store, inFlight, way),
      `${store}, ${inFlight} in flight,`,
    );
    const speed = (way) => figures[way.name].eventsPerSecond.median;
    const times = speed(ways[0]) / speed(ways[2]);
    results.push({ store, inFlight, times, figures });
    const wanted = inFlight === 1 ? 1 / 1.3 : targets[store];
    const verdict = times >= wanted ? 'reached' : 'MISSED';
    console.log(
      `${store}, ${inFlight} in flight: ${times.toFixed(2)} times one write a message (at least ${wanted.toFixed(2)}: ${verdict}); ` +
        `with terms ${(speed(ways[1]) / speed(ways[2])).toFixed(2)}`,
    );
    for (const way of ways) console.log(line(way.name, figures[way.name]));
  }
}
console.log(
  `→ ${save('append', { settings: { rounds, seconds, terms, cids: values.cids, rooms: Number(values.rooms) }, results })}`,
);
process.exit();
