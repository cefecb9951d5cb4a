// Appends from one process, so many at a time, until the time or the messages are used up.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { root } from '../lib/setup.mjs';
import { singleWrites } from '../lib/single-writes.mjs';
import { work } from '../lib/load.mjs';

const words = 'the quick brown fox jumps over the lazy dog again'.split(' ');

const run = randomUUID().slice(0, 23);
let made = 0;

/** As cheap to make as can be: what making it costs is nobody's append. */
function message(terms, cids) {
  const id = `${run}-${String((made += 1)).padStart(12, '0')}`;
  const body = `{"type":"message","id":"${id}","text":"the quick brown fox jumps over the lazy dog again","at":"2026-01-01T00:00:00.000Z"}`;
  const event = {
    id,
    type: 'message',
    sender: `user-${made % 256}`,
    // An index of random ones has no warm end; time-ordered ones (UUIDv7) are what clients are advised to make.
    cid: cids === 'random' ? randomUUID() : id,
    at: Date.now(),
    body,
  };
  return terms > 0 ? { ...event, terms: words.slice(0, terms) } : event;
}

const logger = Object.fromEntries(
  ['trace', 'debug', 'info', 'warn', 'error', 'fatal'].map((level) => [level, () => undefined]),
);

async function history({ store, url, rooms, terms, cids }) {
  const { adapters } = await import(join(root, 'dist/libs/state/adapters/index.js'));
  const { SystemClock } = await import(join(root, 'dist/libs/kernel/src/index.js'));
  let commits = 0;
  const opened = adapters
    .find(({ name }) => name === store)
    .history({
      url,
      variable: 'BENCH',
      clock: new SystemClock(),
      logger,
      onCommit: () => (commits += 1),
    });
  await opened.open();
  for (const id of rooms)
    await opened.createRoom({ id, kind: 'group', name: id, createdAt: 1, createdBy: 'bench' }, []);
  return {
    write: (room) => opened.append(room, [message(terms, cids)]),
    close: () => opened.close(),
    commits: () => commits,
  };
}

async function singly({ store, url, cids }) {
  const { write, close } = await singleWrites[store](url);
  let commits = 0;
  return {
    write: (room) => {
      commits += 1;
      return write(room, message(0, cids));
    },
    close,
    commits: () => commits,
  };
}

/** So many at least before anything is measured: some stores compile what they run often. */
const warmWrites = 20_000;

process.once('SIGTERM', () => process.exit()); // by itself, so that a profile is written

await work(async ({ inFlight, seconds, messages, roomCount, single, ...settings }) => {
  const rooms = Array.from({ length: roomCount }, (_, at) => `room-${at}`);
  const { write, close, commits } = await (single ? singly : history)({
    ...settings,
    rooms,
  });

  /** Until the time or the messages are used up; `least` are written in any case. */
  async function writeAll(forMs, most, least = 0) {
    const end = performance.now() + forMs;
    let sent = 0;
    const lane = async () => {
      while (sent < least || (sent < most && performance.now() < end))
        await write(rooms[(sent += 1) % rooms.length]);
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
    return sent;
  }

  await writeAll(seconds * 1000, messages / 2, warmWrites);
  return async () => {
    const [started, cpu, before] = [performance.now(), process.cpuUsage(), commits()];
    const events = await writeAll(seconds * 1000, messages);
    const { user, system } = process.cpuUsage(cpu);
    const took = (performance.now() - started) / 1000;
    const perCommit = events / (commits() - before);
    // Reported while open: what closing costs is nobody's append.
    setTimeout(() => void close(), 2000).unref();
    return { events, seconds: took, clientCpuMicros: (user + system) / events, perCommit };
  };
});
