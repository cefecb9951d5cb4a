import { silentLogger } from '#libs/kernel';
import type { HistoryStore, LogSlice, ReadRange } from '#libs/state';
import { Flusher } from '../../platform/ws/index.js';
import { recover } from './recovery.js';
import { RoomFeed } from './room-feed.js';

const log = (head: number, first = 1, epoch = 'e1') => {
  let reads = 0;
  const store = {
    read: (_room: string, { after = 0, limit }: ReadRange): Promise<LogSlice> => {
      reads += 1;
      const from = Math.max(after + 1, first);
      const length = Math.max(0, Math.min(limit, head - from + 1));
      const events = Array.from({ length }, (_, at) => ({
        seq: from + at,
        id: 'x',
        type: 'message' as const,
        sender: 's',
        cid: 'c',
        at: 0,
        body: '{"t":1}',
      }));
      return Promise.resolve({ epoch, first, head, events });
    },
    positions: () => Promise.resolve(new Map([['r', { epoch, head }]])),
  } as unknown as HistoryStore;
  return { store, reads: () => reads };
};

const feedAt = (head: number, store: HistoryStore) =>
  new RoomFeed('r', { epoch: 'e1', head }, store, new Flusher(), silentLogger);
const seqs = (events: readonly string[]) =>
  events.map((event) => (JSON.parse(event) as { seq: number }).seq);

describe('recovery', () => {
  it('gives every event after the position, across several reads', async () => {
    const { store } = log(2500);
    const answer = await recover(feedAt(2500, store), store, { epoch: 'e1', offset: 10 });
    expect(answer).toMatchObject({ recovered: true, head: 2500, first: 11 });
    expect(seqs(answer.events)).toEqual(Array.from({ length: 2490 }, (_, at) => at + 11));
  });

  it('needs no store for a reader that is up to date', async () => {
    const { store, reads } = log(7);
    expect(await recover(feedAt(7, store), store, { epoch: 'e1', offset: 7 })).toMatchObject({
      recovered: true,
      events: [],
    });
    expect(reads()).toBe(0);
  });

  it('shares one read between readers that resume together', async () => {
    const { store, reads } = log(500);
    const feed = feedAt(500, store);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => recover(feed, store, { epoch: 'e1', offset: 1 })),
    );
    expect(answers.every(({ events }) => events.length === 499)).toBe(true);
    expect(reads()).toBe(1);
  });

  it.each([
    ['another epoch', { epoch: 'old', offset: 3 }, 1],
    ['trimmed history', { epoch: 'e1', offset: 3 }, 8],
    ['a position from the future', { epoch: 'e1', offset: 99 }, 1],
  ])('refuses %s as a whole', async (_name, from, first) => {
    const { store } = log(10, first);
    expect(await recover(feedAt(10, store), store, from)).toMatchObject({
      recovered: false,
      events: [],
      epoch: 'e1',
      head: 10,
    });
  });

  it('catches up with the store when the reader knows more than this process', async () => {
    const { store } = log(12);
    expect(await recover(feedAt(10, store), store, { epoch: 'e1', offset: 12 })).toMatchObject({
      recovered: true,
      head: 12,
      events: [],
    });
  });

  it('refuses more than one answer should hold', async () => {
    const { store } = log(9000);
    expect(await recover(feedAt(9000, store), store, { epoch: 'e1', offset: 0 })).toMatchObject({
      recovered: false,
    });
  });
});
