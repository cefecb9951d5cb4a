import { setTimeout as pause } from 'node:timers/promises';
import {
  AlreadyExists,
  type CopiedEvent,
  CorruptRecord,
  type Position,
  type RoomRecord,
} from '#libs/state';
import { isDuplicateKey } from './errors.js';
import type { Handle } from './handle.js';
import {
  batchId,
  type BatchDocument,
  eventDocument,
  eventKey,
  type RoomDocument,
} from './log-documents.js';
import type { LogHead, LogHeads } from './log-heads.js';
import { removeBelow } from './log-removal.js';
import type { MongoRooms } from './mongo-rooms.js';

/** What one batch of a copy holds at most. */
const maxEvents = 250;
const maxBytes = 2 * 1024 * 1024;

/** Trims logs, and takes stretches of other stores' logs. */
export class LogCopier {
  constructor(
    private readonly handle: Handle,
    private readonly heads: LogHeads,
    private readonly rooms: MongoRooms,
  ) {}

  async trim(room: string, before: number): Promise<void> {
    await this.raiseFloor(room, await this.heads.load(room), before);
  }

  /** An idempotent sequence: each batch is there or not, and what is there is passed over by the next try. */
  async restore(
    room: RoomRecord,
    { epoch, first }: { epoch: string; first: number },
    events: readonly CopiedEvent[],
  ): Promise<Position> {
    const existing = await this.handle.collection<RoomDocument>('rooms').findOne({ _id: room.id });
    if (!existing) {
      checkHoles(room.id, first - 1, events);
      await this.rooms.create(room, [], { epoch, first });
    }
    let at = await this.heads.load(room.id);
    if (at.epoch !== epoch) throw new AlreadyExists(`room ${room.id}, in another epoch,`);
    checkHoles(room.id, at.head, events);
    await this.raiseFloor(room.id, at, first);
    for (;;) {
      const { head } = at;
      const next = chunk(events.filter(({ seq }) => seq > head));
      if (next.length === 0) return { epoch, head };
      const stored = await this.store(room.id, at, next);
      if (!stored) await this.checkTaken(room.id, at, next);
      // Read anew: our own batch, or that of another who copies the same or appends.
      at = await this.heads.load(room.id);
    }
  }

  /** A collision is another writer's batch, which will be seen, or an event that cannot be here twice. */
  private async checkTaken(
    room: string,
    { log, head, first }: LogHead,
    events: readonly CopiedEvent[],
  ) {
    const keys = events.map(({ sender, cid }) => eventKey(sender, cid));
    const ids = events.map(({ id }) => id);
    const holding = await this.handle
      .collection<BatchDocument>('log')
      .find({ log, $or: [{ 'events.key': { $in: keys } }, { 'events.id': { $in: ids } }] })
      .toArray();
    const taken = holding
      .flatMap((batch) => batch.events)
      .find(
        ({ seq, key, id }) =>
          seq >= first && seq <= head && (keys.includes(key) || ids.includes(id)),
      );
    if (taken)
      throw new CorruptRecord(
        `room ${room}: an event above ${head} has the cid or the id of event ${taken.seq}`,
      );
    await pause(5);
  }

  private async store(
    room: string,
    { log, head }: LogHead,
    events: readonly CopiedEvent[],
  ): Promise<boolean> {
    const batch: BatchDocument = {
      _id: batchId(log, head + 1),
      log,
      room,
      first: head + 1,
      last: head + events.length,
      at: this.handle.now,
      events: events.map((event) => eventDocument(event, event.seq)),
    };
    try {
      await this.handle.collection<BatchDocument>('log').insertOne(batch);
      return true;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return false;
    }
  }

  /** Before the events go: whoever finds them below the floor knows that they are gone. */
  private async raiseFloor(room: string, { log, first, head }: LogHead, before: number) {
    const floor = Math.min(Math.max(before, first), head + 1);
    if (floor > first) {
      await this.handle
        .collection<RoomDocument>('rooms')
        .updateOne({ _id: room, log }, { $max: { first: floor } });
      this.heads.forget(room);
    }
    await removeBelow(this.handle, log, floor);
  }
}

/** @throws CorruptRecord where the events above `head` do not continue it, one by one */
function checkHoles(room: string, head: number, events: readonly CopiedEvent[]): void {
  let last = head;
  for (const { seq } of events) {
    if (seq <= head) continue;
    if (seq !== last + 1)
      throw new CorruptRecord(`room ${room}: event ${seq} does not follow ${last}`);
    last = seq;
  }
}

function chunk(events: readonly CopiedEvent[]): readonly CopiedEvent[] {
  let bytes = 0;
  let count = 0;
  while (count < Math.min(events.length, maxEvents)) {
    bytes += 3 * (events[count]?.body.length ?? 0);
    if (count > 0 && bytes > maxBytes) break;
    count += 1;
  }
  return events.slice(0, count);
}
