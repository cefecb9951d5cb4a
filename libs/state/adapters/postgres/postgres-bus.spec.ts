import pg from 'pg';
import { ManualClock, silentLogger } from '#libs/kernel';
import type { EventBus, StoreOptions } from '#libs/state';
import { servers } from '../../../../test/support/servers/index.js';
import { patienceMs, until } from '../../../../test/support/until.js';
import { HintNotes } from './hint-notes.js';
import { PostgresEventBus } from './postgres-event-bus.js';

const open: EventBus[] = [];

async function opened(url: string, more: Partial<StoreOptions> = {}): Promise<EventBus> {
  const bus = new PostgresEventBus({
    url,
    variable: 'EVENT_BUS',
    clock: new ManualClock(),
    logger: silentLogger,
    timeoutMs: patienceMs,
    ...more,
  });
  open.push(bus);
  await bus.open();
  return bus;
}

afterEach(async () => {
  for (const bus of open.splice(0)) await bus.close();
});

describe('hints on Postgres', () => {
  it.each([
    ['of 7,000 bytes', 'x'.repeat(7000)],
    ['of 20 kB, in characters of several bytes', '课😀é'.repeat(2500)],
    ['of 1 MiB', 'a'.repeat(1024 * 1024)],
    ['of 1 MiB that has to be escaped', '"\\'.repeat(512 * 1024)],
    ['with what text on the server cannot hold', 'a\u0000b\ud800'],
    ['that are empty', ''],
  ])('%s arrive whole, and in their place', async (_what, payload) => {
    const url = await servers.postgres.freshUrl();
    const [one, other] = [await opened(url), await opened(url)];
    const received: string[] = [];
    await other.subscribe('t', (hint) => received.push(hint));
    const sent = ['before', payload, 'after', payload];
    await Promise.all(sent.map((hint) => one.publish('t', hint)));
    await until('all of them came', () => received.length === sent.length);
    expect(received).toEqual(sent);
  });

  it('that are equal all arrive, also those of one turn', async () => {
    const url = await servers.postgres.freshUrl();
    const bus = await opened(url);
    const received: string[] = [];
    await bus.subscribe('t', (hint) => received.push(hint));
    await Promise.all(Array.from({ length: 200 }, () => bus.publish('t', 'same')));
    await until('all of them came', () => received.length === 200);
  });

  it('are heard again after the server ended the connection that listens, and the log says so', async () => {
    const url = await servers.postgres.freshUrl();
    const told: string[] = [];
    const logger = { ...silentLogger, warn: (_more: object, text: string) => told.push(text) };
    const bus = await opened(url, { logger: logger });
    const received: string[] = [];
    await bus.subscribe('t', (hint) => received.push(hint));
    const client = new pg.Client(url);
    await client.connect();
    await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'maxiaoke bus' AND datname = current_database()",
    );
    await client.end();
    await until('the loss was noticed', () => told.length > 0);
    expect(told[0]).toMatch(/hints may be missed/);
    await bus.subscribe('other', () => undefined); // in force only where somebody listens
    await bus.publish('t', 'again');
    await until('it came', () => received.includes('again'));
  });
});

describe('the notes of hints', () => {
  it('are put together for each publisher by itself, and dropped where some are missing', () => {
    const [one, other, reader] = ['one', 'other', 'reader'].map((name) => new HintNotes(name)) as [
      HintNotes,
      HintNotes,
      HintNotes,
    ];
    const long = 'x'.repeat(20_000);
    const hint = (payload: string) => ({ topic: 't', payload });
    const [first, second] = [one.write([hint(long)]), other.write([hint(long)])];
    const [begun] = first;
    expect(first.length).toBeGreaterThan(2);
    const read = (notes: readonly string[]) =>
      notes.flatMap((note) => reader.read(note).map(({ payload }) => payload));
    const between = first.flatMap((note, at) => [note, second[at] ?? '']);
    expect(read(between)).toEqual([long, long]);
    expect(read([begun ?? '', ...one.write([hint('whole')])])).toEqual(['whole']);
    expect(read(first.slice(1))).toEqual([]);
    expect(read(['', 'nonsense', 'one 1 1 1 {', 'one 1 1 1 null'])).toEqual([]);
  });

  it('hold the hints of many rooms together, in as few as the server takes', () => {
    const hints = Array.from({ length: 200 }, (_, at) => ({
      topic: `room:${at}`,
      payload: 'x'.repeat(100),
    }));
    const notes = new HintNotes('one').write(hints);
    expect(notes.length).toBeLessThanOrEqual(4);
    const reader = new HintNotes('other');
    expect(notes.flatMap((note) => reader.read(note))).toEqual(hints);
  });

  it('are each below what the server takes, and hold whole characters', () => {
    const payload = '课😀'.repeat(20_000);
    const notes = new HintNotes('0'.repeat(36)).write([{ topic: 't', payload }]);
    for (const note of notes) {
      expect(Buffer.byteLength(note)).toBeLessThan(8000);
      expect(note).not.toContain('\ufffd');
    }
  });
});
