import { AlreadyExists, type PendingAppend, StateError, StoreUnavailable } from '#libs/state';
import type { Queries } from '../queries.js';
import { BatchPlan, type Draft, keyOf, type Known, type Start } from './batch-plan.js';

/** How a server stores a batch; one transaction each. */
export interface LogWriter {
  /**
   * Raises the heads of the drafts' rooms and stores their events above them. Rooms that do not exist
   * are absent from the answer. @throws AlreadyExists where a cid or an event id is taken; then
   * nothing is stored
   */
  write(drafts: readonly Draft[]): Promise<Map<string, Start>>;
  /** Those of `drafts` that are stored. */
  known(drafts: readonly Draft[]): Promise<Known[]>;
}

/** Events looked up by one statement. */
const lookedUpAtOnce = 200;

/** Stored events by `(room, sender, cid)`: an index answers each condition by itself. */
export async function knownAmong(queries: Queries, drafts: readonly Draft[]): Promise<Known[]> {
  const wanted = drafts.flatMap(({ room, events }) =>
    events.map(({ sender, cid }) => [room, sender, cid]),
  );
  const found: Known[] = [];
  for (let at = 0; at < wanted.length; at += lookedUpAtOnce) {
    const some = wanted.slice(at, at + lookedUpAtOnce);
    const each = some.map(() => '(events.room = ? AND events.sender = ? AND events.cid = ?)');
    const rows = await queries.all<Known>(
      `SELECT events.room, events.sender, events.cid, events.id, events.seq, rooms.epoch
        FROM events JOIN rooms ON rooms.id = events.room WHERE ${each.join(' OR ')}`,
      some.flat(),
    );
    found.push(...rows);
  }
  return found;
}

/**
 * Stores a batch as if nothing in it was a repeat. The unique indexes say where that is wrong, also
 * when another process stored the same cid a moment ago; then the stored ones are looked up and the
 * rest is stored.
 */
export async function appendOptimistically(
  writer: LogWriter,
  batch: readonly PendingAppend[],
): Promise<void> {
  try {
    await store(writer, batch);
  } catch (error) {
    const own = error instanceof StateError;
    const failure = own ? error : new StoreUnavailable('the append was not stored', error);
    for (const pending of batch) pending.reject(failure);
  }
}

async function store(writer: LogWriter, batch: readonly PendingAppend[]): Promise<void> {
  const known = new Map<string, Known>();
  for (;;) {
    const plan = new BatchPlan(batch, known);
    const { drafts } = plan;
    try {
      plan.settle(drafts.length === 0 ? new Map() : await writer.write(drafts));
      return;
    } catch (error) {
      if (!(error instanceof AlreadyExists)) throw error;
      const found = await writer.known(drafts);
      for (const one of found) known.set(keyOf(one.room, one), one);
      if (found.length > 0) continue;
      // It was the id of an event that is taken: what one caller did wrong is that caller's.
      if (batch.length === 1) throw error;
      for (const pending of batch) await appendOptimistically(writer, [pending]);
      return;
    }
  }
}
