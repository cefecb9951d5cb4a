import {
  type Appended,
  AlreadyExists,
  type NewEvent,
  NoSuchRecord,
  type PendingAppend,
  StateError,
  StoreUnavailable,
} from '#libs/state';
import type { HistoryDialect } from '../_sql/history/history-dialect.js';
import {
  changesByTarget,
  epochRenewal,
  eventFields,
  eventValues,
  type Head,
} from '../_sql/history/rows.js';
import { distinctTerms } from '../_sql/history/terms.js';
import { termsTable } from './terms-table.js';
import type { SqliteDatabase } from './sqlite-database.js';
import type { SqliteFile } from './sqlite-file.js';

const insertSql = `INSERT OR IGNORE INTO events (${eventFields.join(', ')}) VALUES (${eventFields.map(() => '?').join(', ')})`;

/** One synchronous transaction for everybody's appends; a caller whose room is gone fails alone. */
async function commit(database: SqliteDatabase, batch: readonly PendingAppend[]): Promise<void> {
  try {
    const settle = await database.batch((file) => write(file, batch));
    for (const done of settle) done();
  } catch (error) {
    await fail(database, batch, error);
  }
}

/** What one caller's events did wrong is that caller's; what the file did is everybody's. */
async function fail(
  database: SqliteDatabase,
  batch: readonly PendingAppend[],
  error: unknown,
): Promise<void> {
  if (error instanceof AlreadyExists && batch.length > 1) {
    for (const pending of batch) await commit(database, [pending]);
    return;
  }
  const failure =
    error instanceof StateError ? error : new StoreUnavailable('the append was not stored', error);
  for (const pending of batch) pending.reject(failure);
}

/** How to tell each caller, once all is on disk. */
function write(file: SqliteFile, batch: readonly PendingAppend[]): (() => void)[] {
  const heads = new Map<string, Head>();
  const settle = batch.map((pending) => {
    const { room, events } = pending;
    const head =
      heads.get(room) ??
      file.get<Head>('SELECT epoch, head, first FROM rooms WHERE id = ?', [room]);
    if (!head) return () => pending.reject(new NoSuchRecord(`room ${room}`));
    heads.set(room, head);
    const results = events.map((event) => insert(file, room, head, event));
    return () => pending.resolve(results);
  });
  for (const [room, { head }] of heads)
    file.run('UPDATE rooms SET head = ? WHERE id = ?', [head, room]);
  return settle;
}

function insert(file: SqliteFile, room: string, head: Head, event: NewEvent): Appended {
  const seq = head.head + 1;
  const { id, type, target } = event;
  if (file.run(insertSql, eventValues(room, seq, event)) === 0)
    return repeat(file, room, head, event);
  for (const term of distinctTerms(event.terms))
    file.run('INSERT INTO event_terms (room, term, seq) VALUES (?, ?, ?)', [room, term, seq]);
  if (type === 'message.deleted' && target !== undefined)
    file.run('UPDATE events SET deleted = 1 WHERE room = ? AND id = ?', [room, target]);
  head.head = seq;
  return { id, seq, epoch: head.epoch, duplicate: false };
}

/** @throws AlreadyExists where it was the event's id that was taken */
function repeat(
  file: SqliteFile,
  room: string,
  { epoch }: Head,
  { id, sender, cid }: NewEvent,
): Appended {
  const first = file.get<{ id: string; seq: number }>(
    'SELECT id, seq FROM events WHERE room = ? AND sender = ? AND cid = ?',
    [room, sender, cid],
  );
  if (!first) throw new AlreadyExists(`event ${id}`);
  return { ...first, epoch, duplicate: true };
}

export const sqliteHistory: HistoryDialect<SqliteDatabase> = {
  commit,
  renewal: epochRenewal,
  changes: changesByTarget,
  ...termsTable,
};
