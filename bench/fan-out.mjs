#!/usr/bin/env node
// Server CPU seconds per million deliveries, history in memory: Maxiaoke, socket.io and Bun doing the same job,
// interleaved.
import { bun, ours, socketio, talk } from './lib/chat.mjs';
import { suite } from './lib/compare.mjs';
import { number as spelt } from './lib/figures.mjs';
import { options } from './lib/options.mjs';

const given = options();
const { compare } = suite('fan-out', given);

// The faster ones get more to do, so that each is measured over seconds of CPU.
const contenders = [
  { ...ours(), deliveries: 6_000_000 },
  { ...socketio(), deliveries: 600_000 },
  { ...bun(), deliveries: 6_000_000 },
];
const [, ...peers] = contenders;
const figure = 'cpuSecondsPerMillion';
const [lessThanSocketIo, notMoreThanBun, littleMoreThanBun, manyRooms] = [
  { figure, against: 'socket.io', timesLess: 40 },
  { figure, against: 'Bun', atMostTimes: 1 },
  { figure, against: 'Bun', atMostTimes: 1.2 },
  { figure, against: 'socket.io', atMostTimes: 0.75 },
];

// With few messages in flight each of them costs more: a part of the work is enough.
const works = [
  { receivers: 100, inFlight: 64, wanted: [lessThanSocketIo, notMoreThanBun] },
  { receivers: 1000, inFlight: 64, wanted: [lessThanSocketIo, notMoreThanBun] },
  { receivers: 100, inFlight: 8, part: 0.5, wanted: [littleMoreThanBun] },
  { receivers: 1000, inFlight: 8, part: 0.5, wanted: [littleMoreThanBun] },
  { rooms: 100, receivers: 10, inFlight: 64, part: 0.25, senders: 100, wanted: [manyRooms] },
];

for (const { rooms = 1, receivers, inFlight, senders = 8, part = 1, wanted } of works) {
  const against = new Set(wanted.map((one) => one.against));
  await compare({
    work: `${rooms === 1 ? 'a room' : `${rooms} rooms`} of ${spelt(receivers)}, ${inFlight} in flight`,
    figure,
    contenders: [contenders[0], ...peers.filter(({ name }) => against.has(name))],
    wanted,
    measure: (contender) => {
      const deliveries = contender.deliveries * part * given.scale;
      const messages = Math.max(64, Math.round(deliveries / receivers));
      const warmUp = { messages: Math.max(64, Math.ceil(messages / 3)) };
      return talk(contender, { rooms, receivers, senders, inFlight, messages, warmUp });
    },
  });
}
