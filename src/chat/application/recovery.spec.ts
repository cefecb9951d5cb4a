import { silentLogger } from '#libs/kernel';
import type { HistoryStore } from '#libs/state';
import { counted, event } from '#libs/state/testing';
import { Flusher } from '../../platform/ws/index.js';
import { append, sharedHistory } from '../chat.testing.js';
import { Heads } from './heads.js';
import { type Answer, Recovery } from './recovery.js';
import { RoomFeed } from './room-feed.js';

interface Result {
  epoch: string;
  offset: number;
  recovered: boolean;
  was_recovering: boolean;
  publications: { offset: number; data: { seq: number } }[];
}

const offsets = ({ publications }: Result) => publications.map(({ offset }) => offset);
const from = (first: number, count: number) => Array.from({ length: count }, (_, at) => first + at);

describe('recovery', () => {
  let history: HistoryStore;
  let counts: Map<string, number>;
  let feed: RoomFeed;
  let recovery: Recovery;

  /** A feed that is opened now, of which nothing is in memory. */
  const open = async () => {
    counts = new Map();
    const store = counted(history, counts);
    const heads = new Heads(store);
    const position = await heads.of('r');
    if (!position) throw new Error('the room is there');
    const logger = silentLogger;
    const context = { history: store, heads, flusher: new Flusher(), logger, gapPatienceMs: 0 };
    feed = new RoomFeed('r', position, { ...context, left: () => undefined });
    recovery = new Recovery(feed, store);
    counts.clear();
  };
  const answer = async (offset: number, epoch = feed.epoch): Promise<Answer> => {
    let taken: Answer | undefined;
    await recovery.resume({ epoch, offset }, (given) => (taken = given));
    if (!taken) throw new Error('every resume is answered');
    return taken;
  };
  const resume = async (offset: number, epoch = feed.epoch) =>
    JSON.parse((await answer(offset, epoch)).json) as Result;

  beforeEach(async () => (history = await sharedHistory('r')));
  afterEach(() => recovery.close());

  it('gives every event after the position, across several reads', async () => {
    await append(history, 'r', 2500);
    await open();
    const result = await resume(10);
    expect(result).toMatchObject({ recovered: true, was_recovering: true, offset: 2500 });
    expect(offsets(result)).toEqual(from(11, 2490));
    expect(result.publications.every(({ offset, data }) => data.seq === offset)).toBe(true);
  });

  it('needs no store for a reader that is up to date, or missed what is in memory', async () => {
    await append(history, 'r', 7);
    await open();
    expect(await resume(7)).toMatchObject({ recovered: true, publications: [] });
    for (const seq of from(8, 20)) feed.deliver(feed.epoch, seq, `{"seq":${seq},"t":1}`);
    expect(offsets(await resume(7))).toEqual(from(8, 20));
    expect(counts.size).toBe(0);
  });

  it('reads once for all who resume together, from whichever position', async () => {
    await append(history, 'r', 400);
    await open();
    const results = await Promise.all(from(0, 300).map((at) => resume(340 + (at % 60))));
    for (const [at, result] of results.entries())
      expect(offsets(result)).toEqual(from(341 + (at % 60), 60 - (at % 60)));
    expect(Object.fromEntries(counts)).toEqual({ read: 1 });
  });

  it('builds one text for all who come from one position, and adds to it what comes meanwhile', async () => {
    await append(history, 'r', 100);
    await open();
    const [one, other] = [await answer(20), await answer(20)];
    expect(other).toBe(one);
    feed.deliver(feed.epoch, 101, '{"seq":101,"t":"课"}');
    const later = await answer(20);
    expect(offsets(JSON.parse(later.json) as Result)).toEqual(from(21, 81));
    expect(later.bytes).toBe(Buffer.byteLength(later.json));
  });

  it('hands over the answer in the turn of its position, whatever is delivered while it is awaited', async () => {
    await append(history, 'r', 10);
    await open();
    const delivering = (async () => {
      for (const seq of from(11, 200)) {
        feed.deliver(feed.epoch, seq, `{"seq":${seq},"t":1}`);
        if (seq % 3 === 0) await Promise.resolve();
      }
    })();
    const gaps: number[] = [];
    await Promise.all(
      from(0, 10).map((offset) =>
        recovery.resume({ epoch: feed.epoch, offset }, ({ json }) =>
          gaps.push(feed.recent.last - (JSON.parse(json) as Result).offset),
        ),
      ),
    );
    await delivering;
    expect(gaps).toEqual(from(0, 10).map(() => 0));
  });

  it('refuses trimmed history as a whole', async () => {
    await append(history, 'r', 300);
    await history.trim('r', 100);
    await open();
    expect(await resume(98)).toMatchObject({ recovered: false, publications: [], offset: 300 });
    expect(offsets(await resume(99))).toEqual(from(100, 201));
  });

  it('refuses another epoch, after the store said that it is another', async () => {
    await append(history, 'r', 3);
    await open();
    const { epoch } = feed;
    expect(await resume(3, 'old')).toMatchObject({ recovered: false, publications: [], epoch });
    expect(counts.get('positions')).toBe(1);
  });

  it('ends the feed where the reader knows the epoch that the log now has', async () => {
    await open();
    await history.deleteRoom('r');
    const room = { id: 'r', kind: 'open', name: 'r', createdAt: 1, createdBy: 'u' } as const;
    await history.createRoom(room, []);
    const [first] = await history.append('r', [event()]);
    await resume(1, first?.epoch);
    expect(feed.stale).toBe(true);
  });

  it('refuses a position from the future, and asks the store once for all who invent one', async () => {
    await append(history, 'r', 10);
    await open();
    const results = await Promise.all(from(11, 50).map((offset) => resume(offset)));
    expect(results.map(({ recovered }) => recovered)).toEqual(from(11, 50).map(() => false));
    expect(counts.get('positions')).toBe(1);
  });

  it('catches up with the store where the reader knows more than this process', async () => {
    await append(history, 'r', 10);
    await open();
    await append(history, 'r', 5);
    expect(offsets(await resume(12))).toEqual([13, 14, 15]);
    expect(feed.position.head).toBe(15);
  });

  it('refuses more than one answer should hold, without reading it', async () => {
    await append(history, 'r', 6000);
    await open();
    expect(await resume(900)).toMatchObject({ recovered: false });
    expect(counts.size).toBe(0);
  });

  it('refuses what no queue of a connection holds', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(4000) });
    await history.append(
      'r',
      from(1, 500).map(() => event({ body })),
    );
    await open();
    expect(await resume(0)).toMatchObject({ recovered: false, publications: [] });
    expect(offsets(await resume(450))).toEqual(from(451, 50));
  });
});
