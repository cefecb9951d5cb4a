import type { AnyBulkWriteOperation } from 'mongodb';
import type { Handle } from './handle.js';
import { isDuplicateKey } from './errors.js';
import {
  batchId,
  type BatchDocument,
  closed,
  placeholder,
  type RoomDocument,
  stubsFor,
} from './log-documents.js';

/** A log that nobody reads any more, or not yet: what hangs on it may be garbage. */
interface Grave {
  /** The log. */
  _id: string;
  room: string;
  at: number;
}

const perCommand = 1000;

/**
 * Removes the events below `floor`, which the room's document has already: old batches go, young
 * ones leave a stub, and the one that holds the floor loses what is below. Idempotent, and repeated
 * by whoever meets an event below the floor, so that it may be cut off anywhere.
 */
export async function removeBelow(handle: Handle, log: string, floor: number): Promise<void> {
  const batches = handle.collection<BatchDocument>('log');
  const whole = { log, last: { $lt: floor } };
  await batches.deleteMany({ ...whole, at: { $lt: handle.now - stubsFor } });
  for (;;) {
    const young = await batches
      .find({ ...whole, stub: { $ne: true } }, { projection: { _id: 1 } })
      .limit(perCommand)
      .toArray();
    if (young.length === 0) break;
    await batches.bulkWrite(
      young.map(({ _id }): AnyBulkWriteOperation<BatchDocument> => ({
        updateOne: { filter: { _id }, update: { $set: { stub: true, events: placeholder(_id) } } },
      })),
      { ordered: false },
    );
  }
  await batches.updateMany(
    { log, last: { $gte: floor, $lt: closed }, first: { $lt: floor } },
    { $pull: { events: { seq: { $lt: floor } } } },
  );
}

/**
 * Ends a log, so that no writer can add to it: the batch that would come next is laid by us, and
 * nothing follows its number. From then on the room is gone for whoever appends or reads.
 */
export async function closeLog(
  handle: Handle,
  room: string,
  log: string,
  head: () => Promise<number>,
): Promise<void> {
  for (;;) {
    const last = await head();
    if (last >= closed) return;
    const _id = batchId(log, last + 1);
    try {
      await handle.collection<BatchDocument>('log').insertOne({
        _id,
        log,
        room,
        first: last + 1,
        last: closed,
        at: handle.now,
        events: placeholder(_id),
      });
      return;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
  }
}

/** Removes the room of a closed log, and what hangs on the log. */
export async function buryRoom(handle: Handle, room: string, log: string): Promise<void> {
  await handle.collection<RoomDocument>('rooms').deleteOne({ _id: room, log });
  await Promise.all([
    handle.collection('members').deleteMany({ log }),
    handle.collection('markers').deleteMany({ log }),
    removeBelow(handle, log, closed),
  ]);
}

/** Remembers a log whose documents may be left behind, should this process die. */
export async function digGrave(handle: Handle, room: string, log: string): Promise<void> {
  await handle
    .collection<Grave>('graves')
    .updateOne({ _id: log }, { $set: { room, at: handle.now } }, { upsert: true });
}

export async function fillGrave(handle: Handle, log: string): Promise<void> {
  await handle.collection<Grave>('graves').deleteOne({ _id: log });
}

/** Removes for good what was left behind long enough ago that no writer can still be on its way. */
export async function sweepGraves(handle: Handle): Promise<void> {
  const graves = await handle
    .collection<Grave>('graves')
    .find({ at: { $lt: handle.now - stubsFor } })
    .limit(20)
    .toArray();
  for (const { _id: log, room } of graves) {
    const lives = await handle.collection<RoomDocument>('rooms').findOne({ _id: room, log });
    if (!lives) {
      await Promise.all(
        ['members', 'markers', 'log'].map((name) => handle.collection(name).deleteMany({ log })),
      );
    }
    await fillGrave(handle, log);
  }
}
