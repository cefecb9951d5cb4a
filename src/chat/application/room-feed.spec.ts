import fc from 'fast-check';
import { silentLogger } from '#libs/kernel';
import type { HistoryStore, LogSlice, ReadRange } from '#libs/state';
import { type Connection, Flusher } from '../../platform/ws/index.js';
import { RoomFeed } from './room-feed.js';

const body = (seq: number): string => `{"text":"${seq}"}`;
const wire = (seq: number): string => `{"seq":${seq},"text":"${seq}"}`;

/** A log of `head` events; reads of it are what the feed falls back to. */
const logOf = (head: number, epoch = 'e1', first = 1) => {
  const read = (_room: string, { after = 0, limit }: ReadRange): Promise<LogSlice> => {
    const from = Math.max(after + 1, first);
    const seqs = Array.from(
      { length: Math.max(0, Math.min(limit, head - from + 1)) },
      (_, at) => from + at,
    );
    const events = seqs.map((seq) => ({
      seq,
      id: `${seq}`,
      type: 'message' as const,
      sender: 's',
      cid: `${seq}`,
      at: 0,
      body: body(seq),
    }));
    return Promise.resolve({ epoch, head, first, events });
  };
  return { read } as unknown as HistoryStore;
};

/** Records the offsets a client would see. */
class Receiver {
  readonly offsets: number[] = [];
  readonly ended: number[] = [];
  identity = undefined;

  frame(frame: Buffer): void {
    for (const [, offset] of frame.toString().matchAll(/"offset":(\d+)/g))
      this.offsets.push(Number(offset));
  }

  unsubscribed(_channel: string, { code }: { code: number }): void {
    this.ended.push(code);
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
/** All there is, handed over: the flusher may still hold back what a busy turn brought. */
const settle = async (feed: RoomFeed, head: number) => {
  await feed.reach({ epoch: 'e1', head });
  feed.flush();
};

const feedOn = (history: HistoryStore, head = 0) => {
  const feed = new RoomFeed('r', { epoch: 'e1', head }, history, new Flusher(), silentLogger);
  const receiver = new Receiver();
  feed.attach(receiver as unknown as Connection);
  return { feed, receiver };
};

describe('a room feed', () => {
  it('delivers every event once and in order, whatever hints come, repeat or get lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.array(
          fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 5 }), fc.boolean()),
          { maxLength: 30 },
        ),
        async (head, hints) => {
          const { feed, receiver } = feedOn(logOf(head));
          for (const [first, length, pause] of hints) {
            const seqs = Array.from({ length }, (_, at) => first + at).filter((seq) => seq <= head);
            if (seqs.length > 0) feed.deliver('e1', first, seqs.map(wire));
            if (pause) await turn();
          }
          await settle(feed, head);
          expect(receiver.offsets).toEqual(Array.from({ length: head }, (_, at) => at + 1));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('sends what one turn brings as one frame', async () => {
    const { feed } = feedOn(logOf(3));
    const frames: Buffer[] = [];
    feed.attach({ frame: (frame: Buffer) => frames.push(frame) } as unknown as Connection);
    feed.deliver('e1', 1, [wire(1)]);
    feed.deliver('e1', 2, [wire(2), wire(3)]);
    await turn();
    expect(frames).toHaveLength(1);
  });

  it('does not show a newcomer what came before', async () => {
    const { feed } = feedOn(logOf(2));
    feed.deliver('e1', 1, [wire(1)]);
    const late = new Receiver();
    feed.attach(late as unknown as Connection);
    feed.deliver('e1', 2, [wire(2)]);
    await turn();
    expect(late.offsets).toEqual([2]);
  });

  it('asks its receivers to subscribe again when the epoch changes', () => {
    const { feed, receiver } = feedOn(logOf(2));
    feed.deliver('e2', 1, [wire(1)]);
    expect(receiver.ended).toEqual([2500]);
    expect(feed.stale).toBe(true);
  });

  it('never skips what was trimmed before it could be delivered', async () => {
    const { feed, receiver } = feedOn(logOf(9, 'e1', 5));
    feed.deliver('e1', 8, [wire(8), wire(9)]);
    await turn();
    await turn();
    expect(receiver.offsets).toEqual([]);
    expect(receiver.ended).toEqual([2500]);
  });
});
