#!/usr/bin/env node
// Deliveries per second of persist → broadcast → ack, per store: Maxiaoke against socket.io with one write a message
// through a pool of ten of the same driver; the same store and machine, interleaved.
import { ours, socketio, talk } from './lib/chat.mjs';
import { suite } from './lib/compare.mjs';
import { options } from './lib/options.mjs';
import { startStore, storeNames } from './lib/stores.mjs';

const given = options({
  stores: { type: 'string', default: storeNames.join(',') },
  seconds: { type: 'string', default: '6' },
});
const seconds = given.seconds * given.scale;
const { compare } = suite('persisted', given);
const timesMore = { postgres: 15, sqlite: 15, redis: 8, mysql: 8, mongodb: 8 };

const figure = 'deliveriesPerSecond';
const contenders = [
  { ...ours(), variables: (_name, url) => ({ HISTORY_STORE: url }) },
  {
    ...socketio(),
    variables: (name, url) => ({ STORE: name, STORE_URL: url }),
    ordered: false, // what the store wrote first is not what is broadcast first
  },
];

/** On a store of its own: what an earlier measurement left in its memory would slow a later one down. */
async function measure({ variables, ...contender }, name) {
  const store = await startStore(name);
  try {
    const env = { ...contender.env, ...variables(name, await store.fresh()) };
    const settings = { receivers: 100, senders: 8, inFlight: 64, seconds };
    return await talk(
      { ...contender, env },
      { ...settings, warmUp: { seconds: seconds / 3 } },
      { store },
    );
  } finally {
    await store.stop();
  }
}

for (const name of given.stores.split(','))
  await compare({
    work: `${name}, a room of 100, 64 in flight`,
    figure,
    contenders,
    wanted: [{ figure, against: 'socket.io', timesMore: timesMore[name] }],
    measure: (contender) => measure(contender, name),
  });
process.exit();
