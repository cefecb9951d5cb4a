import { silentLogger, SystemClock } from '#libs/kernel';
import {
  EventBus,
  type HintHandler,
  type HistoryStore,
  type Inspection,
  Topics,
  type Traits,
} from '#libs/state';
import { adapters } from '#libs/state/adapters';
import { event } from '#libs/state/testing';
import { type Connection, Connections } from '../platform/ws/index.js';
import { RoomFeeds } from './application/room-feeds.js';

/** A history in memory with one room, which says of itself that other processes share it. */
export async function sharedHistory(room: string): Promise<HistoryStore> {
  const options = {
    url: 'memory:',
    variable: 'TEST',
    clock: new SystemClock(),
    logger: silentLogger,
  };
  const history = adapters.find(({ name }) => name === 'memory')?.history?.(options);
  if (!history) throw new Error('memory keeps history');
  await history.open();
  await history.createRoom(
    { id: room, kind: 'open', name: room, createdAt: 1, createdBy: 'u' },
    [],
  );
  Object.defineProperty(history, 'traits', { value: { ...history.traits, shared: true } });
  return history;
}

/** Appends `count` events as one commit of a process that tells nobody. */
export async function append(history: HistoryStore, room: string, count = 1): Promise<number> {
  const answers = await history.append(
    room,
    Array.from({ length: count }, () => event()),
  );
  return answers.at(-1)?.seq ?? 0;
}

/** A bus whose hints wait until a test delivers them: late, twice, in another order, or never. */
export class HeldBus extends EventBus {
  readonly adapter = 'held';
  readonly traits: Traits = { durable: false, shared: true, expiry: 'lazy', durability: 'none' };
  readonly waiting: { topic: string; payload: string }[] = [];
  private readonly topics = new Topics(silentLogger);

  open = () => Promise.resolve();
  close = () => Promise.resolve();
  ping = () => Promise.resolve();
  inspect = (): Promise<Inspection> =>
    Promise.resolve({ version: '1', pendingMigrations: 0, findings: [] });

  publish(topic: string, payload: string): Promise<void> {
    this.waiting.push({ topic, payload });
    return Promise.resolve();
  }

  subscribe(topic: string, handler: HintHandler): Promise<() => Promise<void>> {
    const end = this.topics.add(topic, handler);
    return Promise.resolve(() => Promise.resolve(void end()));
  }

  /** Hands over the hint at this place; it may come again where it is kept. */
  deliver(at: number, keep = false): void {
    const hint = this.waiting[at];
    if (!keep) this.waiting.splice(at, 1);
    if (hint) this.topics.deliver(hint.topic, hint.payload);
  }

  /** As an adapter whose connection is back. */
  back(): void {
    this.gapEnded();
  }
}

/** The feeds of one process. */
export function replica(history: HistoryStore, bus: EventBus): RoomFeeds {
  const connections = new Connections(new SystemClock());
  const feeds = new RoomFeeds(history, bus, connections, silentLogger);
  feeds.onModuleInit();
  return feeds;
}

/** What a client sees: offsets of publications, and codes of subscriptions that the server ended. */
export class Receiver {
  readonly offsets: number[] = [];
  readonly ended: number[] = [];
  identity: { id: string } | undefined;

  frame(frame: Buffer): void {
    const publications = /"data":\{"seq":(\d+)[^\n]*"offset":(\d+)\}\}\}$/gm;
    for (const [, seq, offset] of frame.toString().matchAll(publications)) {
      expect(offset).toBe(seq);
      this.offsets.push(Number(offset));
    }
  }

  unsubscribed(_channel: string, { code }: { code: number }): void {
    this.ended.push(code);
  }

  get connection(): Connection {
    return this as unknown as Connection;
  }
}

/** The next turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
