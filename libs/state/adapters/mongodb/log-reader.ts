import {
  CorruptRecord,
  type LogSlice,
  type Position,
  type ReadRange,
  type SearchHit,
  type StoredEvent,
} from '#libs/state';
import type { Handle } from './handle.js';
import {
  type BatchDocument,
  closed,
  type EventDocument,
  type RoomDocument,
  storedOf,
} from './log-documents.js';
import type { LogHead, LogHeads, LogState } from './log-heads.js';

/** How often a read is begun again because the log was trimmed under it. */
const mostAttempts = 20;

/** Reads of logs. Nothing below a room's floor is shown, whether it was removed yet or not. */
export class LogReader {
  constructor(
    private readonly handle: Handle,
    private readonly heads: LogHeads,
  ) {}

  private get batches() {
    return this.handle.collection<BatchDocument>('log');
  }

  /**
   * Of one moment: that at which the head was read. The floor is read before it and after it, and
   * was the same; the events up to the head were there by then, and are all here.
   */
  async read(room: string, range: ReadRange): Promise<LogSlice> {
    for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
      const hint = this.heads.hint(room);
      const state = hint ? await this.heads.refresh(room, hint) : await this.heads.load(room);
      const [start, end] = bounds(state, range);
      const [events, now] = await Promise.all([
        this.stretch(state.log, start, end),
        this.heads.document(room),
      ]);
      if (now.log === state.log && now.first === state.first && events.length === end - start) {
        const { epoch, first, head } = state;
        return { epoch, first, head, events: events.map(storedOf) };
      }
      this.heads.forget(room);
    }
    throw new CorruptRecord(
      `room ${room}: the log has a hole; numbers above its floor are missing`,
    );
  }

  async positions(rooms: readonly string[]): Promise<Map<string, Position>> {
    const since = performance.now();
    const documents = await this.handle
      .collection<RoomDocument>('rooms')
      .find({ _id: { $in: [...new Set(rooms)] } })
      .toArray();
    const states = documents.map(({ _id, log, epoch, first }) => {
      const hint = this.heads.hint(_id);
      return { room: _id, log, epoch, first, ...(hint?.log === log && { head: hint.head }) };
    });
    const heads = await this.heads.heads(states);
    const byRoom = new Map(states.map((state) => [state.room, state]));
    const positions = new Map<string, Position>();
    for (const asked of rooms) {
      const found = byRoom.get(asked);
      if (!found) continue;
      const { room, ...state } = found;
      const head = heads.get(state.log) ?? state.first - 1;
      if (head >= closed) continue; // being deleted
      this.heads.learn(room, { ...state, head }, since);
      positions.set(room, { epoch: state.epoch, head });
    }
    return positions;
  }

  /**
   * `work` on the log the room has now. Where the room is known it runs beside the look at the
   * room's document, and again where that tells of another log or another floor.
   */
  async inRoom<T>(room: string, work: (state: LogState) => Promise<T>): Promise<T> {
    const hint = this.heads.hint(room);
    if (!hint) return work(await this.heads.document(room));
    const [now, result] = await Promise.all([this.heads.document(room), work(hint)]);
    if (now.log === hint.log && now.first === hint.first) return result;
    this.heads.forget(room);
    return work(now);
  }

  async event(room: string, id: string): Promise<StoredEvent | null> {
    return this.inRoom(room, async ({ log, first }) => {
      const batch = await this.batches.findOne({ log, 'events.id': id });
      const found = batch?.events.find((event) => event.id === id && event.seq >= first);
      return found ? storedOf(found) : null;
    });
  }

  async changes(room: string, targets: readonly string[]): Promise<StoredEvent[]> {
    return this.inRoom(room, async ({ log, first }) => {
      const wanted = new Set(targets);
      const batches = await this.batches
        .find({ log, 'events.target': { $in: [...wanted] } })
        .toArray();
      return batches
        .flatMap(({ events }) => events)
        .filter(({ target, seq }) => target !== undefined && wanted.has(target) && seq >= first)
        .sort((one, other) => one.seq - other.seq)
        .map(storedOf);
    });
  }

  /** Whether a message was deleted is told by the log itself: a later event says so. */
  async search(
    rooms: readonly string[],
    terms: readonly string[],
    { limit, after }: { limit: number; after?: string },
  ): Promise<SearchHit[]> {
    if (terms.length === 0) return [];
    const states = await this.handle
      .collection<RoomDocument>('rooms')
      .find({ _id: { $in: [...new Set(rooms)] } })
      .toArray();
    const floors = new Map(states.map(({ log, first }) => [log, first]));
    const hits: SearchHit[] = [];
    for (let below = after; ;) {
      const found = await this.candidates([...floors.keys()], terms, limit, below);
      const gone = await this.deleted(found);
      for (const { room, log, event } of found) {
        if (hits.length === limit) break;
        if (
          event.seq >= (floors.get(log) ?? 1) &&
          (gone.get(`${log}/${event.id}`) ?? 0) < event.seq
        )
          hits.push({ room, event: storedOf(event) });
      }
      below = found.at(-1)?.event.id;
      if (hits.length === limit || found.length < limit) return hits;
    }
  }

  private candidates(logs: string[], terms: readonly string[], limit: number, below?: string) {
    const holding = { 'events.terms': { $all: [...terms] } };
    return this.batches
      .aggregate<{ room: string; log: string; event: EventDocument }>([
        { $match: { log: { $in: logs }, ...holding } },
        { $unwind: '$events' },
        {
          $match: {
            'events.type': 'message',
            ...holding,
            ...(below !== undefined && { 'events.id': { $lt: below } }),
          },
        },
        { $sort: { 'events.id': -1 } },
        { $limit: limit },
        { $project: { _id: 0, room: 1, log: 1, event: '$events' } },
      ])
      .toArray();
  }

  /** log/id of those of `found` that were deleted → the number of the last event that says so. */
  private async deleted(
    found: readonly { log: string; event: EventDocument }[],
  ): Promise<Map<string, number>> {
    const gone = new Map<string, number>();
    if (found.length === 0) return gone;
    const batches = await this.batches
      .find({
        log: { $in: [...new Set(found.map(({ log }) => log))] },
        'events.target': { $in: found.map(({ event }) => event.id) },
      })
      .toArray();
    for (const { log, events } of batches) {
      for (const { type, target, seq } of events) {
        if (type !== 'message.deleted' || target === undefined) continue;
        const key = `${log}/${target}`;
        gone.set(key, Math.max(seq, gone.get(key) ?? 0));
      }
    }
    return gone;
  }

  /** The events of [start, end), ascending. */
  private async stretch(log: string, start: number, end: number): Promise<EventDocument[]> {
    if (start >= end) return [];
    const batches = await this.batches
      .find({ log, last: { $gte: start }, first: { $lt: end } })
      .sort({ last: 1 })
      .toArray();
    return batches.flatMap(({ events }) => events).filter(({ seq }) => seq >= start && seq < end);
  }
}

/** First and one past the last number that a range asks for. */
function bounds({ first, head }: LogHead, { after, before, limit }: ReadRange): [number, number] {
  const end = Math.min(before ?? head + 1, head + 1);
  if (before !== undefined) return [Math.max(first, end - limit), Math.max(first, end)];
  const start = Math.max((after ?? 0) + 1, first);
  return [start, Math.max(start, Math.min(end, start + limit))];
}
