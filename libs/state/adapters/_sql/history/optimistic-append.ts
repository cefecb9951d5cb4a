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

/** Stored events by `(room, sender, cid)`: one condition each, of which an index answers every one. */
export function knownAmong(queries: Queries, drafts: readonly Draft[]): Promise<Known[]> {
  const wanted = drafts.flatMap(({ room, events }) =>
    events.flatMap(({ sender, cid }) => [room, sender, cid]),
  );
  const each = Array.from({ length: wanted.length / 3 }, () => '(?, ?, ?)').join(', ');
  return queries.all<Known>(
    `SELECT events.room, sender, cid, events.id, seq, epoch FROM events JOIN rooms ON rooms.id = events.room
      WHERE (events.room, sender, cid) IN (${each})`,
    wanted,
  );
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
