import { NoSuchRecord } from '#libs/state';
import type { SqlDatabase } from '../sql-database.js';
import type { HistoryDialect } from './history-dialect.js';
import { forget, lockRoom, trimLog } from './trim.js';

/** Its log in steps, then the rest at once: a long log is deleted by as many calls as it takes. */
export async function deleteRoom(
  database: SqlDatabase,
  history: HistoryDialect,
  room: string,
): Promise<void> {
  try {
    await trimLog(database, history, room, Number.MAX_SAFE_INTEGER);
    await database.transaction(async (queries) => {
      const { head } = await lockRoom(database, queries, room);
      await forget(history, queries, room, head + 1, head);
      for (const table of ['markers', 'members'])
        await queries.run(`DELETE FROM ${table} WHERE room = ?`, [room]);
      await queries.run('DELETE FROM rooms WHERE id = ?', [room]);
    });
  } catch (error) {
    if (!(error instanceof NoSuchRecord)) throw error; // it is gone, as it should be
  }
}
