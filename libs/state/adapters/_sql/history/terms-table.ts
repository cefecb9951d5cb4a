import type { CopiedEvent, Page } from '#libs/state';
import type { Dialect } from '../dialect.js';
import { insertRows } from '../insert-rows.js';
import type { Param, Queries } from '../queries.js';
import { eventFields, type EventRow, eventValues } from './rows.js';
import { distinctTerms } from './terms.js';

/** The search index of databases without one for lists: a row a term of each message. */
export class TermsTable {
  static readonly fields = ['room', 'term', 'seq'];

  constructor(private readonly dialect: Dialect) {}

  async insert(queries: Queries, room: string, events: readonly CopiedEvent[]): Promise<void> {
    const { dialect } = this;
    const rows = events.map((event) => eventValues(room, event.seq, event));
    await insertRows(queries, dialect, { table: 'events', columns: eventFields }, rows);
    const terms = events.flatMap((event) =>
      distinctTerms(event.terms).map((term): Param[] => [room, term, event.seq]),
    );
    const into = { table: 'event_terms', columns: TermsTable.fields };
    await insertRows(queries, dialect, into, terms);
  }

  async forgetTerms(queries: Queries, room: string, before: number): Promise<void> {
    await queries.run('DELETE FROM event_terms WHERE room = ? AND seq < ?', [room, before]);
  }

  /** Messages that have as many rows among the terms as there are terms. */
  search(
    queries: Queries,
    rooms: readonly string[],
    terms: readonly string[],
    { limit, after }: Page,
  ): Promise<EventRow[]> {
    const { dialect } = this;
    const fields = eventFields.map((field) => `events.${field}`).join(', ');
    return queries.all<EventRow>(
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
  }
}
