#!/usr/bin/env node
// Server CPU seconds per million deliveries: Maxiaoke on memory history against socket.io doing the
// same job, interleaved.
import { parseArgs } from 'node:util';
import { interleaved, save, shown } from './lib/compare.mjs';
import { run } from './lib/load.mjs';
import { start } from './lib/server.mjs';
import { maxiaoke, peer } from './lib/setup.mjs';

const { values } = parseArgs({
  options: {
    rooms: { type: 'string', default: '100,1000' },
    rounds: { type: 'string', default: '3' },
    'in-flight': { type: 'string', default: '64' },
    senders: { type: 'string', default: '8' },
    profile: { type: 'string' },
  },
});
const inFlight = Number(values['in-flight']);
const senders = Number(values.senders);

// The faster one gets more to do, so that both are measured over seconds of CPU.
const contenders = [
  { ...maxiaoke(), wire: 'centrifuge', deliveries: 6_000_000 },
  { ...peer('socket.io', 'socketio.mjs'), wire: 'socketio', deliveries: 600_000 },
];

async function measure(contender, receivers) {
  const server = await start(contender);
  const messages = Math.round(contender.deliveries / receivers);
  try {
    const { deliveries, seconds, cpuSeconds } = await run('fan-out.mjs', server, {
      wire: contender.wire,
      receivers,
      senders,
      inFlight,
      messages,
      warmUp: Math.ceil(messages / 3),
    });
    if (deliveries !== messages * receivers) throw new Error('not everything was delivered');
    return {
      cpuSecondsPerMillion: (cpuSeconds / deliveries) * 1e6,
      deliveriesPerSecond: deliveries / seconds,
    };
  } finally {
    await server.stop();
  }
}

const rooms = values.rooms.split(',').map(Number);
if (values.profile) {
  const [ours] = contenders;
  ours.node = ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
  for (const room of rooms) console.log(room, await measure(ours, room));
  process.exit();
}

const results = [];
for (const room of rooms) {
  const figures = await interleaved(
    contenders,
    Number(values.rounds),
    (contender) => measure(contender, room),
    `room of ${room},`,
  );
  const [ours, theirs] = contenders.map(({ name }) => figures[name].cpuSecondsPerMillion);
  const timesLess = theirs.median / ours.median;
  results.push({ room, timesLess, figures });
  console.log(
    `room of ${room}: CPU s per million deliveries: maxiaoke ${shown(ours, 3)}, ` +
      `socket.io ${shown(theirs)}: ${timesLess.toFixed(1)} times less`,
  );
}
console.log(
  `→ ${save('fan-out', { settings: { inFlight, senders, history: 'memory' }, results })}`,
);
