#!/usr/bin/env node
// CPU seconds of two servers together per million deliveries, half of a room on each: Maxiaoke with history, sessions
// and hints in Redis, against socket.io with its Redis adapter, interleaved.
import { ours, socketio, talk } from './lib/chat.mjs';
import { suite } from './lib/compare.mjs';
import { number as spelt } from './lib/figures.mjs';
import { options } from './lib/options.mjs';
import { startReplicas } from './lib/server.mjs';
import { startStore } from './lib/stores.mjs';

const given = options();
const { compare } = suite('replicas', given);
const figure = 'cpuSecondsPerMillion';
const [redis, postgres] = [await startStore('redis'), await startStore('postgres')];

/** Maxiaoke keeps the history in Redis; the peer in the memory of each process, which costs it less. */
const contenders = [
  {
    ...ours(),
    deliveries: 4_000_000,
    variables: async () => {
      const url = await redis.fresh();
      const shared = { HISTORY_STORE: url, SESSION_STORE: url, EVENT_BUS: url };
      return { DATA_STORE: await postgres.fresh(), ...shared, REPLICAS: '2' };
    },
  },
  {
    ...socketio(),
    deliveries: 400_000,
    variables: async () => ({ REDIS_URL: await redis.fresh() }),
    ordered: false, // what two processes broadcast arrives in any order
  },
];

try {
  for (const receivers of [100, 1000])
    await compare({
      work: `two replicas, a room of ${spelt(receivers)}, 64 in flight`,
      figure,
      contenders,
      wanted: [{ figure, against: 'socket.io', timesLess: 14 }],
      measure: async ({ variables, ...contender }) => {
        const env = { ...contender.env, ...(await variables()) };
        const messages = Math.max(64, Math.round((contender.deliveries * given.scale) / receivers));
        const warmUp = { messages: Math.max(64, Math.ceil(messages / 3)) };
        const open = (one) => startReplicas(one, 2);
        const settings = { receivers, senders: 8, inFlight: 64, messages, warmUp };
        return talk({ ...contender, env }, settings, { open, store: redis });
      },
    });
} finally {
  await Promise.all([redis.stop(), postgres.stop()]);
}
process.exit();
