import { createConnection } from 'mysql2/promise';
import { silentLogger, SystemClock } from '#libs/kernel';
import { type HistoryStore, NoSuchRecord, type RoomRecord } from '#libs/state';
import { event } from '#libs/state/testing';
import { servers } from '../../../../test/support/servers/index.js';
import { mysql } from './index.js';

const room: RoomRecord = { id: 'r', kind: 'open', name: 'r', createdAt: 1, createdBy: 'u' };
const open: HistoryStore[] = [];
let timeoutMs = 20_000;
let url = '';

/** Timeouts that differ make stores that share nothing, as those of two processes do. */
async function process(): Promise<HistoryStore> {
  const store = mysql.history?.({
    url,
    variable: 'HISTORY_STORE',
    clock: new SystemClock(),
    logger: silentLogger,
    timeoutMs: (timeoutMs += 1),
  }) as HistoryStore;
  await store.open();
  open.push(store);
  return store;
}

const seqs = (numbered: readonly { seq: number }[]) => numbered.map(({ seq }) => seq);
const some = (count: number) => Array.from({ length: count }, () => event());

afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
});

describe('what a process remembers of rooms on mysql', () => {
  let store: HistoryStore;
  let other: HistoryStore;

  beforeEach(async () => {
    url = await servers.mysql.freshUrl();
    [store, other] = [await process(), await process()];
    await store.createRoom(room, []);
    expect(seqs(await store.append('r', some(3)))).toEqual([1, 2, 3]);
  });

  it('is put right where another process has written since', async () => {
    await other.append('r', some(2));
    expect(seqs(await store.append('r', some(2)))).toEqual([6, 7]);
    expect(seqs(await other.append('r', some(1)))).toEqual([8]);
    expect(seqs((await store.read('r', { limit: 20 })).events)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('gives no number again that another process took and trimmed away', async () => {
    await other.append('r', some(2));
    await other.trim('r', 6);
    expect((await other.read('r', { limit: 9 })).head).toBe(5);
    expect(seqs(await store.append('r', some(1)))).toEqual([6]);
  });

  it('leaves no gap in a room that was restored with fewer events, in the same epoch', async () => {
    const { epoch, events } = await store.read('r', { limit: 9 });
    await other.deleteRoom('r');
    await expect(store.append('r', some(1))).rejects.toThrow(NoSuchRecord);
    await other.restore(room, { epoch, first: 1 }, events);
    await store.append('r', some(2));
    await other.deleteRoom('r');
    await other.restore(room, { epoch, first: 1 }, events.slice(0, 2));
    expect(seqs(await store.append('r', some(1)))).toEqual([3]);
    expect(seqs((await store.read('r', { limit: 9 })).events)).toEqual([1, 2, 3]);
  });
});

describe('terms that no word of a text is like', () => {
  const awkward = [
    ...[
      'a',
      'c++',
      "o'neil",
      '"quoted"',
      'café',
      'cafe',
      '课',
      '课程',
      '🎉',
      'the',
      '+x -y',
      '%',
      '_',
    ],
    ...[
      'x'.repeat(64),
      `${'x'.repeat(63)}y`,
      '课'.repeat(64),
      `${'课'.repeat(63)}程`,
      'W',
      'w',
      ' ',
    ],
  ];

  it('find the messages that have them, and those alone', async () => {
    url = await servers.mysql.freshUrl();
    const store = await process();
    await store.createRoom(room, []);
    const events = awkward.map((term) => event({ terms: [term, 'shared'] }));
    await store.append('r', events);
    for (const [at, term] of awkward.entries()) {
      const hits = await store.search(['r'], [term], { limit: 9 });
      expect([term, hits.map((hit) => hit.event.id)]).toEqual([term, [events[at]?.id]]);
    }
    expect(await store.search(['r'], ['shared'], { limit: 99 })).toHaveLength(awkward.length);
    expect(await store.search(['r'], ['a', 'c++'], { limit: 9 })).toEqual([]);
    expect(await store.search(['r'], ['share'], { limit: 9 })).toEqual([]);
  });
});

describe('a server of its own', () => {
  it('finds after kill -9 what it found before, in many rooms at once', async () => {
    const server = await servers.mysql.own();
    try {
      url = await servers.mysql.freshOn(server.url);
      const store = await process();
      const ids = Array.from({ length: 100 }, (_, at) => `room-${at}`);
      for (const id of ids) {
        await store.createRoom({ ...room, id }, []);
        await store.append(id, [
          event({ terms: ['kept', id] }),
          event({ terms: ['other', 'kept'] }),
        ]);
      }
      await store.trim('room-1', 2);
      await server.kill();
      await server.boot();
      const again = await process();
      expect(await again.search(ids, ['kept'], { limit: 1000 })).toHaveLength(199);
      expect(await again.search(ids, ['kept', 'other'], { limit: 1000 })).toHaveLength(100);
      expect(await again.search(ids, ['kept', 'room-7'], { limit: 9 })).toHaveLength(1);
      await again.append('room-7', [event({ terms: ['kept', 'room-7'] })]);
      expect(await again.search(['room-7'], ['room-7'], { limit: 9 })).toHaveLength(2);
    } finally {
      for (const store of open.splice(0)) await store.close();
      await server.dispose();
    }
  });

  it('is written as text where it prepares no statement', async () => {
    const server = await servers.mysql.own(['--max-prepared-stmt-count=0']);
    try {
      url = await servers.mysql.freshOn(server.url);
      const store = await process();
      await store.createRoom(room, []);
      for (let at = 1; at <= 20; at += 1)
        expect(seqs(await store.append('r', some(1)))).toEqual([at]);
    } finally {
      for (const store of open.splice(0)) await store.close();
      await server.dispose();
    }
  });

  it('is given the statements that come often prepared', async () => {
    url = await servers.mysql.freshUrl();
    const store = await process();
    await store.createRoom(room, []);
    for (let at = 1; at <= 20; at += 1) await store.append('r', some(1));
    const client = await createConnection(url);
    const [rows] = await client.query("SHOW GLOBAL STATUS LIKE 'Prepared_stmt_count'");
    await client.end();
    expect(Number((rows as { Value: string }[])[0]?.Value)).toBeGreaterThan(0);
  });
});
