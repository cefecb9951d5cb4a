import type { HistoryDialect } from '../_sql/history/history-dialect.js';
import { appendOptimistically } from '../_sql/history/optimistic-append.js';
import { eventFields, type EventRow } from '../_sql/history/rows.js';
import { insertRows } from '../_sql/insert-rows.js';
import type { PooledDatabase } from '../_sql/pooled-database.js';
import { LogHeads } from './log-heads.js';
import { insertedFields, insertedValues } from './log-insert.js';
import { MysqlWriter } from './mysql-writer.js';
import { RepeatedStatements } from './repeated-statements.js';
import { searchFor } from './words.js';

const fields = eventFields.map((field) => `events.${field}`).join(', ');

/** One for each store: it remembers the rooms' heads. */
export function mysqlHistory(): HistoryDialect<PooledDatabase> {
  const heads = new LogHeads();
  const statements = new RepeatedStatements();
  return {
    commit: (database, batch) =>
      appendOptimistically(new MysqlWriter(database, heads, statements), batch),

    async insert(queries, dialect, room, events) {
      const rows = events.map((event) => insertedValues(room, event.seq, event));
      await insertRows(queries, dialect, { table: 'events', columns: insertedFields }, rows);
      const changes = events.flatMap(({ target, seq }) =>
        target === undefined ? [] : [[room, target, seq]],
      );
      const into = { table: 'event_changes', columns: ['room', 'target', 'seq'] };
      await insertRows(queries, dialect, into, changes);
    },

    async forgetIndexed(queries, room, before) {
      await queries.run('DELETE FROM event_changes WHERE room = ? AND seq < ?', [room, before]);
    },

    // To writers who remember its head it is another room.
    renewal: 'UPDATE rooms SET epoch = ?, incarnation = UUID() WHERE id = ?',

    changes: (dialect) =>
      `SELECT ${fields} FROM event_changes changes
        JOIN events ON events.room = changes.room AND events.seq = changes.seq
        WHERE changes.room = ? AND ${dialect.among('changes.target')}`,

    search(database, rooms, terms, { limit, after }) {
      const { dialect } = database;
      return database.all<EventRow>(
        `SELECT ${fields} FROM events
          WHERE MATCH (events.terms) AGAINST (? IN BOOLEAN MODE) AND ${dialect.among('events.room')}
            AND events.type = 'message' AND events.deleted = 0 ${after === undefined ? '' : 'AND events.id < ?'}
          ORDER BY events.id DESC LIMIT ?`,
        [
          searchFor(rooms, terms),
          dialect.list(rooms),
          ...(after === undefined ? [] : [after]),
          limit,
        ],
      );
    },
  };
}
