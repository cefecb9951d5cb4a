import type { NewEvent } from '#libs/state';
import type { SqlDatabase } from '../_sql/sql-database.js';
import { insertRows } from '../_sql/insert-rows.js';
import type { Param } from '../_sql/queries.js';
import type { HistoryDialect } from '../_sql/history/history-dialect.js';
import { eventFields, type EventRow, eventValues } from '../_sql/history/rows.js';
import { distinctTerms } from '../_sql/history/terms.js';

/** The search index of databases without one for lists: a row a term of each message. */
export const termFields = ['room', 'term', 'seq'];

export const termRows = (
  room: string,
  seq: number,
  { terms }: Pick<NewEvent, 'terms'>,
): Param[][] => distinctTerms(terms).map((term) => [room, term, seq]);

type TermsTable = Pick<HistoryDialect, 'insert' | 'forgetIndexed' | 'search'>;

export const termsTable: TermsTable = {
  async insert(queries, dialect, room, events) {
    const rows = events.map((event) => eventValues(room, event.seq, event));
    await insertRows(queries, dialect, { table: 'events', columns: eventFields }, rows);
    const terms = events.flatMap((event) => termRows(room, event.seq, event));
    await insertRows(queries, dialect, { table: 'event_terms', columns: termFields }, terms);
  },

  async forgetIndexed(queries, room, before) {
    await queries.run('DELETE FROM event_terms WHERE room = ? AND seq < ?', [room, before]);
  },

  /** Messages that have as many rows among the terms as there are terms. */
  search(database: SqlDatabase, rooms, terms, { limit, after }) {
    const { dialect } = database;
    const fields = eventFields.map((field) => `events.${field}`).join(', ');
    return database.all<EventRow>(
      `SELECT ${fields} FROM (SELECT room, seq FROM event_terms WHERE ${dialect.among('room')} AND ${dialect.among('term')}
        GROUP BY room, seq HAVING count(*) = ?) hits
        JOIN events ON events.room = hits.room AND events.seq = hits.seq
        WHERE events.type = 'message' AND events.deleted = 0 ${after === undefined ? '' : 'AND events.id < ?'}
        ORDER BY events.id DESC LIMIT ?`,
      [
        dialect.list(rooms),
        dialect.list(terms),
        terms.length,
        ...(after === undefined ? [] : [after]),
        limit,
      ],
    );
  },
};
