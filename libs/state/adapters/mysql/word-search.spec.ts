import { silentLogger, SystemClock } from '#libs/kernel';
import type { CopiedEvent, HistoryStore, NewEvent, RoomRecord, StoreOptions } from '#libs/state';
import { event } from '#libs/state/testing';
import { servers } from '../../../../test/support/servers/index.js';
import { mysql } from './index.js';

const room: RoomRecord = { id: 'r', kind: 'open', name: 'r', createdAt: 1, createdBy: 'u' };
const open: HistoryStore[] = [];
let url = '';

async function opened(options: Partial<StoreOptions> = {}): Promise<HistoryStore> {
  const store = mysql.history?.({
    url,
    variable: 'HISTORY_STORE',
    clock: new SystemClock(),
    logger: silentLogger,
    timeoutMs: 20_000,
    ...options,
  }) as HistoryStore;
  await store.open();
  open.push(store);
  return store;
}

const idOf = (n: number) => `m${String(n).padStart(6, '0')}`;
/** Message n says "all", what nobody else says, its remainder by 7, and, every 500th, "rare". */
const message = (n: number): NewEvent =>
  event({
    id: idOf(n),
    terms: ['all', `only ${n}`, `by-7 ${n % 7}`, ...(n % 500 === 0 ? ['rare'] : [])],
  });
const messages = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => message(from + at));
const ids = (...numbers: number[]) => numbers.map(idOf);

async function found(
  store: HistoryStore,
  terms: string[],
  { limit = 5, after, rooms = ['r'] }: { limit?: number; after?: number; rooms?: string[] } = {},
): Promise<string[]> {
  const page = { limit, ...(after !== undefined && { after: idOf(after) }) };
  return (await store.search(rooms, terms, page)).map((hit) => hit.event.id);
}

describe('search in long logs on mysql', () => {
  let store: HistoryStore;

  beforeEach(async () => {
    url = await servers.mysql.freshUrl();
    store = await opened();
    await store.createRoom(room, []);
  });

  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  it('finds the newest messages with all of the terms, page by page, wherever they are', async () => {
    for (let from = 1; from <= 2001; from += 400)
      await store.append('r', messages(from, from + 399));
    expect(await found(store, ['all'])).toEqual(ids(2400, 2399, 2398, 2397, 2396));
    expect(await found(store, ['rare'])).toEqual(ids(2000, 1500, 1000, 500));
    expect(await found(store, ['rare'], { after: 1500 })).toEqual(ids(1000, 500));
    expect(await found(store, ['rare', 'by-7 2'])).toEqual(ids(1500));
    expect(await found(store, ['by-7 3', 'by-7 4'])).toEqual([]);
    const paged: string[] = [];
    for (let after: string | undefined; ; after = paged.at(-1)) {
      const page = { limit: 100, ...(after !== undefined && { after }) };
      const hits = await store.search(['r'], ['by-7 0'], page);
      paged.push(...hits.map((hit) => hit.event.id));
      if (hits.length < 100) break;
    }
    expect(paged).toEqual(ids(...Array.from({ length: 342 }, (_, at) => 2394 - 7 * at)));
  });

  it('finds each append at once, while the log is folded behind it', async () => {
    for (let n = 1; n <= 1200; n += 40) {
      await store.append('r', messages(n, n + 39));
      expect(await found(store, ['all'], { limit: 1 })).toEqual(ids(n + 39));
      expect(await found(store, ['all'], { limit: 2000 })).toHaveLength(n + 39);
    }
    for (const n of [1, 127, 128, 511, 512, 521, 600, 640, 1023, 1024, 1199])
      expect(await found(store, [`only ${n}`])).toEqual(ids(n));
  });

  it('finds in blocks of more words than are kept', async () => {
    const wordy = messages(1, 520).map((one, at) => ({
      ...one,
      terms: [...(one.terms ?? []), ...Array.from({ length: 400 }, (_, word) => `${at}x${word}`)],
    }));
    await store.append('r', wordy);
    await store.append('r', messages(521, 1100));
    expect(await found(store, ['only 3'])).toEqual(ids(3));
    expect(await found(store, ['99x7', '99x399'])).toEqual(ids(100));
    expect(await found(store, ['rare'])).toEqual(ids(1000, 500));
  });

  it('finds by the order of ids, not of numbers, also across rooms', async () => {
    await store.createRoom({ ...room, id: 'other' }, []);
    await store.append('r', messages(1, 700).reverse());
    await store.append('other', messages(701, 1400).reverse());
    expect(await found(store, ['all'], { limit: 2 })).toEqual(ids(700, 699));
    const rooms = ['r', 'other'];
    expect(await found(store, ['rare'], { rooms })).toEqual(ids(1000, 500));
    expect(await found(store, ['all'], { rooms, after: 702, limit: 3 })).toEqual(
      ids(701, 700, 699),
    );
  });

  it('forgets what is deleted and trimmed, and a room that is made again', async () => {
    await store.append('r', messages(1, 1500));
    await store.append('r', [event({ type: 'message.deleted', target: idOf(500) })]);
    expect(await found(store, ['rare'])).toEqual(ids(1500, 1000));
    await store.trim('r', 1100);
    expect(await found(store, ['rare'])).toEqual(ids(1500));
    await store.trim('r', 9999);
    expect(await found(store, ['all'])).toEqual([]);
    await store.append('r', messages(1600, 1601));
    expect(await found(store, ['all'])).toEqual(ids(1601, 1600));
    await store.deleteRoom('r');
    await store.createRoom(room, []);
    await store.append('r', messages(1, 3));
    expect(await found(store, ['all'])).toEqual(ids(3, 2, 1));
  });

  it('finds what was copied here, and what another process folds at the same time', async () => {
    await store.deleteRoom('r');
    const copied = messages(1000, 2999).map((one, at): CopiedEvent => ({ ...one, seq: 1000 + at }));
    await store.restore(room, { epoch: 'e', first: 1000 }, copied.slice(0, 1500));
    await store.restore(room, { epoch: 'e', first: 1000 }, copied.slice(1500));
    const other = await opened({ timeoutMs: 20_001 });
    await Promise.all([
      ...[3000, 3700].map((from) => store.append('r', messages(from, from + 299))),
      ...[3300, 4000].map((from) => other.append('r', messages(from, from + 299))),
    ]);
    const reader = await opened({ access: 'read' });
    for (const one of [store, other, reader]) {
      expect(await found(one, ['rare'], { limit: 9 })).toEqual(
        ids(4000, 3500, 3000, 2500, 2000, 1500, 1000),
      );
      expect(await found(one, ['all'], { limit: 9999 })).toHaveLength(2000 + 1200);
    }
  });
});
