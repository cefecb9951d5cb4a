import {
  AlreadyExists,
  type CopiedEvent,
  CorruptRecord,
  type Position,
  type RoomRecord,
} from '#libs/state';
import type { Queries } from '../queries.js';
import type { SqlDatabase } from '../sql-database.js';
import type { HistoryDialect } from './history-dialect.js';
import { makeRoom } from './make-room.js';
import { deletedBy, type Head } from './rows.js';
import { forget, lockRoom, trimLog } from './trim.js';

/** HistoryStore.restore: all of it or nothing, but that a long trim before it is done in steps. */
export async function restoreLog(
  database: SqlDatabase,
  history: HistoryDialect,
  room: RoomRecord,
  log: { epoch: string; first: number },
  events: readonly CopiedEvent[],
): Promise<Position> {
  const { id } = room;
  const there = await database.get<Head>(
    `SELECT epoch, ${database.dialect.head('')} AS head, first FROM rooms WHERE id = ?`,
    [id],
  );
  if (there) {
    missing(room, log, there, events);
    await trimLog(database, history, id, log.first);
  }
  return database.transaction(async (queries) => {
    await makeRoom(database.dialect, queries, room, { ...log, head: log.first - 1 });
    const position = await lockRoom(database, queries, id);
    const above = missing(room, log, position, events);
    const first = Math.min(log.first, position.head + 1);
    if (first > position.first) await forget(history, queries, id, first, position.head);
    if (above.length > 0) await take(database, history, queries, id, above);
    return { epoch: position.epoch, head: above.at(-1)?.seq ?? position.head };
  });
}

/** The events above the head. @throws AlreadyExists, CorruptRecord */
function missing(
  { id }: RoomRecord,
  { epoch }: { epoch: string },
  position: Head,
  events: readonly CopiedEvent[],
): CopiedEvent[] {
  if (position.epoch !== epoch) throw new AlreadyExists(`room ${id}, in another epoch,`);
  const above = events.filter(({ seq }) => seq > position.head);
  const hole = above.findIndex(({ seq }, at) => seq !== position.head + 1 + at);
  if (hole !== -1)
    throw new CorruptRecord(
      `room ${id}: event ${above[hole]?.seq} does not follow ${position.head + hole}`,
    );
  return above;
}

async function take(
  { dialect }: SqlDatabase,
  history: HistoryDialect,
  queries: Queries,
  room: string,
  events: readonly CopiedEvent[],
): Promise<void> {
  await history.insert(queries, dialect, room, events);
  const gone = deletedBy(events);
  if (gone.length > 0)
    await queries.run(`UPDATE events SET deleted = 1 WHERE room = ? AND ${dialect.among('id')}`, [
      room,
      dialect.list(gone),
    ]);
  const head = events.at(-1)?.seq ?? 0;
  await queries.run('UPDATE rooms SET head = ? WHERE id = ?', [head, room]);
}
