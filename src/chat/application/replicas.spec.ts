import fc from 'fast-check';
import { type HistoryStore, type Position, StoreUnavailable } from '#libs/state';
import { event, failing } from '#libs/state/testing';
import { append, HeldBus, Receiver, replica, sharedHistory, turn } from '../chat.testing.js';
import type { RoomFeed } from './room-feed.js';
import type { RoomFeeds } from './room-feeds.js';

/** A client of the room: what it saw, over as many subscriptions as it took. */
class Reader {
  /** Each begins at a position, and goes on without a hole for as long as the client was not told to reload. */
  readonly runs: { after: number; offsets: number[] }[] = [];
  private receiver = new Receiver();
  private feed: RoomFeed | undefined;
  private leaving: (() => void) | undefined;
  private epoch = '';

  constructor(private readonly history: HistoryStore) {}

  get on(): boolean {
    this.feed?.flush();
    if (this.receiver.ended.length > 0) this.leave();
    return this.feed !== undefined;
  }

  get position(): Position {
    const run = this.runs.at(-1);
    return { epoch: this.epoch, head: run?.offsets.at(-1) ?? run?.after ?? 0 };
  }

  /** As a client does it: with the position it holds, where it has one. */
  async subscribe(feeds: RoomFeeds): Promise<void> {
    if (this.on) return;
    const { feed, recovery } = await feeds.acquire('r');
    const { epoch, head: offset } = this.position;
    const recover = this.runs.length > 0;
    const begin = ({ json }: { json: string }) => {
      if (feed.stale) throw new StoreUnavailable('it ended before it began');
      this.receiver = new Receiver();
      feed.attach(this.receiver.connection);
      this.feed = feed;
      this.leaving = () => {
        feed.detach(this.receiver.connection);
        feeds.release(feed);
      };
      const result = JSON.parse(json) as {
        recovered: boolean;
        epoch: string;
        offset: number;
        publications: { offset: number; data: { seq: number } }[];
      };
      this.epoch = result.epoch;
      if (!result.recovered) this.runs.push({ after: result.offset, offsets: [] });
      const offsets = result.publications.map((publication) => publication.offset);
      expect(result.publications.map(({ data }) => data.seq)).toEqual(offsets);
      this.runs.at(-1)?.offsets.push(...offsets);
      // From now on frames are this run's.
      const seen = this.runs.at(-1)?.offsets ?? [];
      const { frame } = Receiver.prototype;
      this.receiver.frame = function (given: Buffer) {
        const before = this.offsets.length;
        frame.call(this, given);
        seen.push(...this.offsets.slice(before));
      };
    };
    try {
      const runs = this.runs.length;
      if (recover) await recovery.resume({ epoch, offset }, begin);
      else begin(recovery.refused(false));
      if (recover && this.runs.length > runs) {
        // Refused: only where what it needs is not there any more.
        const { first } = await this.history.read('r', { limit: 1 });
        expect(first).toBeGreaterThan(offset + 1);
      }
    } catch (error) {
      feeds.release(feed);
      throw error;
    }
  }

  leave(): void {
    this.leaving?.();
    this.feed = undefined;
  }
}

const index = fc.nat({ max: 1000 });
const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        write: fc.integer({ min: 1, max: 6 }),
        on: fc.nat(1),
        told: fc.boolean(),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({ hint: index, how: fc.constantFrom('deliver', 'repeat', 'lose') }),
    },
    { weight: 3, arbitrary: fc.record({ join: index, on: fc.nat(1) }) },
    { weight: 2, arbitrary: fc.record({ leave: index }) },
    { weight: 5, arbitrary: fc.record({ move: index, on: fc.nat(1) }) },
    { weight: 2, arbitrary: fc.record({ turns: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ trim: fc.integer({ min: 0, max: 10 }) }) },
    { weight: 1, arbitrary: fc.record({ down: fc.boolean() }) },
    { weight: 1, arbitrary: fc.constant({ back: true }) },
  ),
  { maxLength: 100, size: 'max' },
);

describe('two replicas', () => {
  it('give every client everything once and in order, whatever becomes of hints, subscriptions and the store', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (given) => {
        const history = await sharedHistory('r');
        let down = false;
        const store = failing(
          history,
          (method) => down && (method === 'read' || method === 'positions') && 'before',
        );
        const bus = new HeldBus();
        const replicas = [replica(store, bus), replica(store, bus)] as const;
        const readers = Array.from({ length: 4 }, () => new Reader(history));
        const join = async (at: number, on: number): Promise<void> =>
          readers[at % 4]?.subscribe(replicas[on % 2 ? 1 : 0]).catch((error: unknown) => {
            if (!(error instanceof StoreUnavailable)) throw error;
          });

        for (const step of given) {
          if ('write' in step) {
            const events = Array.from({ length: step.write }, () => event());
            const writes = events.map(async (one) => {
              const [result] = await history.append('r', [one]);
              if (result && step.told) replicas[step.on ? 1 : 0].committed('r', one.body, result);
            });
            await Promise.all(writes);
          } else if ('hint' in step) {
            const at = step.hint % Math.max(1, bus.waiting.length);
            if (step.how === 'lose') bus.waiting.splice(at, 1);
            else bus.deliver(at, step.how === 'repeat');
          } else if ('join' in step) await join(step.join, step.on);
          else if ('leave' in step) readers[step.leave % 4]?.leave();
          else if ('move' in step) {
            readers[step.move % 4]?.leave();
            await join(step.move, step.on);
          } else if ('turns' in step) for (let at = 0; at < step.turns; at += 1) await turn();
          else if ('trim' in step) {
            const { head } = await history.read('r', { limit: 1 });
            await history.trim('r', Math.max(1, head - step.trim));
          } else if ('down' in step) down = step.down;
          else bus.back();
        }

        down = false;
        await append(history, 'r');
        const { head } = await history.read('r', { limit: 1 });
        const arrived = () => readers.every((reader) => reader.on && reader.position.head === head);
        for (let round = 0; round < 20 && !arrived(); round += 1) {
          bus.back();
          for (let at = 0; at < 10; at += 1) await turn();
          await Promise.all(readers.map((_reader, at) => join(at, at)));
        }
        expect(readers.map(({ position }) => position.head)).toEqual([head, head, head, head]);
        for (const { runs } of readers)
          for (const { after, offsets } of runs)
            expect(offsets).toEqual(offsets.map((_offset, at) => after + 1 + at));
        for (const feeds of replicas) await feeds.onApplicationShutdown();
      }),
      { numRuns: 400 },
    );
  });
});
