import { NoSuchRecord } from '#libs/state';
import type { Queries } from '../queries.js';
import type { SqlDatabase } from '../sql-database.js';
import type { HistoryDialect } from './history-dialect.js';
import type { Head } from './rows.js';

/** Events forgotten in one transaction: what holds a room must be short. */
const atOnce = 5000;

/** The room's position, which nobody changes until the transaction ends. @throws NoSuchRecord */
export async function lockRoom(
  { dialect }: SqlDatabase,
  queries: Queries,
  room: string,
): Promise<Head> {
  const { forUpdate } = dialect;
  const sql = `SELECT epoch, ${dialect.head(forUpdate)} AS head, first FROM rooms WHERE id = ?${forUpdate}`;
  const head = await queries.get<Head>(sql, [room]);
  if (!head) throw new NoSuchRecord(`room ${room}`);
  return head;
}

/**
 * Forgets what is below `before`, in a transaction that holds the room, whose head is `head`: that is
 * kept, also where no event is left to tell it by.
 */
export async function forget(
  history: HistoryDialect,
  queries: Queries,
  room: string,
  before: number,
  head: number,
): Promise<void> {
  await history.forgetIndexed(queries, room, before);
  await queries.run('DELETE FROM events WHERE room = ? AND seq < ?', [room, before]);
  await queries.run('UPDATE rooms SET first = ?, head = ? WHERE id = ?', [before, head, room]);
}

/**
 * Forgets what is below `before` step by step, each a transaction: whoever is cut off has trimmed
 * less, and is repeated. @throws NoSuchRecord
 */
export async function trimLog(
  database: SqlDatabase,
  history: HistoryDialect,
  room: string,
  before: number,
): Promise<void> {
  for (let more = true; more;) {
    more = await database.transaction(async (queries) => {
      const { head, first } = await lockRoom(database, queries, room);
      const wanted = Math.min(before, head + 1);
      if (wanted <= first) return false;
      const step = Math.min(wanted, first + atOnce);
      await forget(history, queries, room, step, head);
      return step < wanted;
    });
  }
}
