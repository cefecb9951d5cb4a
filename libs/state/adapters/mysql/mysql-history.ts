import type { HistoryDialect } from '../_sql/history/history-dialect.js';
import { appendOptimistically } from '../_sql/history/optimistic-append.js';
import { eventFields } from '../_sql/history/rows.js';
import { insertRows } from '../_sql/insert-rows.js';
import type { PooledDatabase } from '../_sql/pooled-database.js';
import { LogHeads } from './log-heads.js';
import { insertedFields, insertedValues } from './log-insert.js';
import { MysqlWriter } from './mysql-writer.js';
import { RepeatedStatements } from './repeated-statements.js';
import { blockEvents, foldSome, WordBlocks } from './word-blocks.js';
import { searchWords } from './word-search.js';

const fields = eventFields.map((field) => `events.${field}`).join(', ');

/** One for each store: it remembers the rooms' heads. */
export function mysqlHistory(): HistoryDialect<PooledDatabase> {
  const heads = new LogHeads();
  const statements = new RepeatedStatements();
  const blocks = new WordBlocks();
  return {
    commit: (database, batch) =>
      appendOptimistically(new MysqlWriter(database, { heads, statements, blocks }), batch),

    async insert(queries, dialect, room, events) {
      const rows = events.map((event) => insertedValues(room, event.seq, event));
      await insertRows(queries, dialect, { table: 'events', columns: insertedFields }, rows);
      const changes = events.flatMap(({ target, seq }) =>
        target === undefined ? [] : [[room, target, seq]],
      );
      const into = { table: 'event_changes', columns: ['room', 'target', 'seq'] };
      await insertRows(queries, dialect, into, changes);
      while (await foldSome(queries, dialect, room));
    },

    async forgetIndexed(queries, room, before) {
      await queries.run('DELETE FROM event_changes WHERE room = ? AND seq < ?', [room, before]);
      const whole = Math.floor(before / blockEvents);
      await queries.run('DELETE FROM event_words WHERE room = ? AND block < ?', [room, whole]);
    },

    // To writers who remember its head it is another room.
    renewal: 'UPDATE rooms SET epoch = ?, incarnation = UUID() WHERE id = ?',

    changes: (dialect) =>
      `SELECT ${fields} FROM event_changes changes
        JOIN events ON events.room = changes.room AND events.seq = changes.seq
        WHERE changes.room = ? AND ${dialect.among('changes.target')}`,

    search: (database, rooms, terms, page) => searchWords(database, blocks, rooms, terms, page),
  };
}
