import { NoSuchRecord } from '#libs/state';
import type { Handle } from './handle.js';
import {
  batchId,
  type BatchDocument,
  closed,
  headsFor,
  type RoomDocument,
} from './log-documents.js';
import { buryRoom, digGrave } from './log-removal.js';

/** What a room's log is called, and where it began, as last read. */
export interface LogState {
  log: string;
  epoch: string;
  first: number;
}

/** A log with its last number. */
export interface LogHead extends LogState {
  head: number;
}

interface Known extends LogHead {
  /** When the head was last confirmed, on this process's monotonic clock. */
  confirmedAt: number;
}

/** Rooms of which the head is remembered. */
const mostKnown = 20_000;

/**
 * What this process knows of logs. Only ever a hint: an insert behind an old head collides, and a
 * reader looks whether a batch follows.
 */
export class LogHeads {
  private readonly rooms = new Map<string, Known>();

  constructor(private readonly handle: Handle) {}

  /** The hint of a room, where it is young enough to insert behind. */
  hint(room: string): LogHead | undefined {
    const known = this.rooms.get(room);
    if (known && performance.now() - known.confirmedAt < headsFor) return known;
    return undefined;
  }

  /** `since`: when the asking began that gave this head. */
  learn(room: string, head: LogHead, since: number): void {
    this.rooms.delete(room);
    this.rooms.set(room, { ...head, confirmedAt: since });
    if (this.rooms.size <= mostKnown) return;
    for (const oldest of this.rooms.keys()) {
      this.rooms.delete(oldest);
      break;
    }
  }

  forget(room: string): void {
    this.rooms.delete(room);
  }

  clear(): void {
    this.rooms.clear();
  }

  /** The room's own document. @throws NoSuchRecord */
  async document(room: string): Promise<RoomDocument> {
    const found = await this.handle.collection<RoomDocument>('rooms').findOne({ _id: room });
    if (found) return found;
    this.forget(room);
    throw new NoSuchRecord(`room ${room}`);
  }

  /** State, then head, both read now. @throws NoSuchRecord */
  async load(room: string): Promise<LogHead> {
    const since = performance.now();
    const { log, epoch, first } = await this.document(room);
    const head = (await this.heads([{ log, epoch, first }])).get(log) ?? first - 1;
    return this.living(room, { log, epoch, first, head }, since);
  }

  /** The hinted log with the head it has now. @throws NoSuchRecord */
  async refresh(room: string, hint: LogHead): Promise<LogHead> {
    const since = performance.now();
    const head = (await this.heads([hint])).get(hint.log) ?? hint.head;
    return this.living(room, { ...hint, head }, since);
  }

  /** Heads of many logs as they are now, in one round trip, two where one has moved. */
  async heads(logs: readonly (LogState & { head?: number })[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    const batches = this.handle.collection<BatchDocument>('log');
    const hinted = logs.filter(({ head, first }) => head !== undefined && first <= head + 1);
    const following = hinted.map(({ log, head = 0 }) => batchId(log, head + 1));
    const moved = new Set<string>();
    if (following.length > 0) {
      const next = await batches
        .find({ _id: { $in: following } }, { projection: { log: 1 } })
        .toArray();
      for (const { log } of next) moved.add(log);
    }
    for (const { log, head = 0 } of hinted) if (!moved.has(log)) found.set(log, head);
    const open = logs.filter(({ log }) => !found.has(log));
    for (const { log, first } of open) found.set(log, first - 1);
    for (const [log, last] of await this.lastOf(open.map(({ log }) => log)))
      found.set(log, Math.max(last, found.get(log) ?? 0));
    return found;
  }

  private async lastOf(logs: readonly string[]): Promise<[string, number][]> {
    const batches = this.handle.collection<BatchDocument>('log');
    const [log] = logs;
    if (log === undefined) return [];
    if (logs.length === 1) {
      const last = await batches.findOne({ log }, { sort: { last: -1 }, projection: { last: 1 } });
      return last ? [[log, last.last]] : [];
    }
    // Sorted as the index is, so that the server jumps from log to log instead of walking each.
    const lasts = await batches
      .aggregate<{ _id: string; last: number }>([
        { $match: { log: { $in: [...logs] } } },
        { $sort: { log: -1, last: -1 } },
        { $group: { _id: '$log', last: { $first: '$last' } } },
      ])
      .toArray();
    return lasts.map(({ _id, last }) => [_id, last]);
  }

  /** A closed log belongs to a room whose deletion was cut off: it is finished here. */
  private async living(room: string, head: LogHead, since: number): Promise<LogHead> {
    if (head.head < closed) {
      this.learn(room, head, since);
      return head;
    }
    this.forget(room);
    await digGrave(this.handle, room, head.log);
    await buryRoom(this.handle, room, head.log);
    throw new NoSuchRecord(`room ${room}`);
  }
}
