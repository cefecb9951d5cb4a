// Messages that are due at fixed times, to one room. What is measured is the time from when a message was due to
// when each receiver had it: a server, or a load, that falls behind has it counted.
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { work } from '../lib/load.mjs';
import { numberScanner } from './counters.mjs';
import { apart, cidDigits, Rooms } from './rooms.mjs';

const secondsToSettle = 20;

/** Calls `send` at each of `count` times; a timer is too coarse for the last millisecond before each. */
async function paced(count, perSecond, send) {
  const began = performance.now();
  for (let at = 0; at < count; at += 1) {
    const due = began + (at / perSecond) * 1000;
    while (performance.now() < due) await (due - performance.now() > 1.2 ? sleep(1) : turn());
    send(due);
  }
}

await work(async (settings) => {
  const wire = await import(`./wire-${settings.wire}.mjs`);
  const rooms = new Rooms(wire, settings);
  await rooms.fill();
  rooms.verify(await rooms.exchange({ messages: 200, record: true }));
  const { receivers } = settings;
  const perSecond = settings.rate / receivers;

  let dueOf = new Map();
  let latencies;
  let got = 0;
  for (const { raw } of rooms.connections) {
    let now;
    const scan = numberScanner('"cid":"m-', cidDigits, apart, (id) => {
      latencies[got] = now - dueOf.get(id);
      got += 1;
    });
    const counted = wire.counter(raw, apart, () => undefined); // answers pings
    raw.onData = (chunk) => {
      now = performance.now();
      scan(chunk);
      counted(chunk);
    };
    raw.onLost = (why) => {
      throw new Error(why);
    };
  }

  async function exchange(seconds) {
    const messages = Math.ceil(seconds * perSecond);
    const expected = messages * receivers;
    latencies = new Float64Array(expected);
    dueOf = new Map();
    got = 0;
    await paced(messages, perSecond, (due) => {
      const sender = rooms.sending[dueOf.size % rooms.senders];
      dueOf.set(rooms.publish(sender), due);
    });
    const deadline = performance.now() + secondsToSettle * 1000;
    while (got < expected && performance.now() < deadline) await sleep(10);
    if (got !== expected) throw new Error(`${got} of ${expected} deliveries came`);
    const sorted = latencies.sort();
    const at = (part) => sorted[Math.min(expected - 1, Math.ceil(part * expected) - 1)];
    return { deliveries: expected, p50: at(0.5), p99: at(0.99), p999: at(0.999) };
  }

  await exchange(settings.warmUp);
  return () => exchange(settings.seconds);
});
