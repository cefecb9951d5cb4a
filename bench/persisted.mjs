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
const { wants, compare } = suite('persisted', given);
const timesMore = { postgres: 15, sqlite: 15, redis: 8, mysql: 8, mongodb: 8 };

for (const name of given.stores.split(',')) {
  const work = `${name}, a room of 100, 64 in flight`;
  if (!wants(work)) continue;
  const store = await startStore(name);
  try {
    await compare({
      work,
      figure: 'deliveriesPerSecond',
      contenders: [
        { ...ours(), variables: (url) => ({ HISTORY_STORE: url }) },
        {
          ...socketio(),
          variables: (url) => ({ STORE: name, STORE_URL: url }),
          // What the store wrote first is not what is broadcast first.
          ordered: false,
        },
      ],
      wanted: [{ figure: 'deliveriesPerSecond', against: 'socket.io', timesMore: timesMore[name] }],
      measure: async ({ variables, ...contender }) =>
        talk(
          { ...contender, env: { ...contender.env, ...variables(await store.fresh()) } },
          { receivers: 100, senders: 8, inFlight: 64, seconds, warmUp: { seconds: seconds / 3 } },
          { store },
        ),
    });
  } finally {
    await store.stop();
  }
}
process.exit();
