#!/usr/bin/env node
// Latency of a delivery at a given rate, whatever the server does: a message is due at its time, and its latency
// counts from that time, not from when it could be sent.
import { ours, socketio } from './lib/chat.mjs';
import { suite } from './lib/compare.mjs';
import { number as spelt } from './lib/figures.mjs';
import { run } from './lib/load.mjs';
import { options } from './lib/options.mjs';
import { start } from './lib/server.mjs';

const given = options({
  rate: { type: 'string', default: '55000' },
  receivers: { type: 'string', default: '100' },
  seconds: { type: 'string', default: '10' },
});
const { rate, receivers, scale } = given;
const seconds = given.seconds * scale;

async function measure(contender) {
  const server = await start(contender);
  try {
    const settings = { receivers, senders: 8, inFlight: 64, rate, warmUp: seconds / 3, seconds };
    const report = await run('open-loop.mjs', server, { wire: contender.wire, ...settings });
    const { p50, p99, p999, deliveries, cpuSeconds, loadCores } = report;
    const cpuSecondsPerMillion = (cpuSeconds / deliveries) * 1e6;
    return { p99, p50, p999, cpuSecondsPerMillion, loadCores };
  } finally {
    await server.stop();
  }
}

await suite('open-loop', given).compare({
  work: `${spelt(rate)} deliveries a second, a room of ${receivers}`,
  figure: 'p99',
  contenders: [ours(), socketio()],
  wanted: [{ figure: 'p99', against: 'socket.io', atMostTimes: 0.55 }],
  measure,
});
