import { silentLogger, SystemClock } from '#libs/kernel';
import { memory } from '../../adapters/memory/index.js';
import type { HistoryStore } from '../history/history-store.js';
import type { RoomKind } from '../history/records.js';
import { renewEpochs } from './renew-epochs.js';

const kinds: readonly RoomKind[] = ['open', 'course', 'group', 'direct'];

describe('renewing epochs', () => {
  let store: HistoryStore;
  beforeEach(async () => {
    const options = { url: 'memory:', variable: 'HISTORY_STORE', logger: silentLogger };
    const made = memory.history?.({ ...options, clock: new SystemClock() });
    if (!made) throw new Error('memory keeps no history');
    store = made;
    await store.open();
    for (let at = 0; at < 100; at += 1)
      await store.createRoom(
        { id: `r${at}`, kind: kinds[at % 4] ?? 'open', name: '', createdAt: 1, createdBy: 'u' },
        [],
      );
  });

  it('changes that of every room of every kind, and counts them', async () => {
    const ids = Array.from({ length: 100 }, (_, at) => `r${at}`);
    const before = await store.positions(ids);
    const told: number[] = [];
    expect(await renewEpochs(store, (renewed) => told.push(renewed))).toBe(100);
    expect(told).toEqual(ids.map((_, at) => at + 1));
    const after = await store.positions(ids);
    expect(ids.filter((id) => after.get(id)?.epoch === before.get(id)?.epoch)).toEqual([]);
  });

  it('passes over a room that is deleted meanwhile', async () => {
    const all = renewEpochs(store);
    await store.deleteRoom('r99');
    expect(await all).toBe(99);
  });
});
