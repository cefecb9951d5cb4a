import type { NewEvent } from '#libs/state';
import type { Draft, Start } from '../_sql/history/batch-plan.js';
import type { HistoryDialect } from '../_sql/history/history-dialect.js';
import {
  appendOptimistically,
  knownAmong,
  type LogWriter,
} from '../_sql/history/optimistic-append.js';
import {
  changesByTarget,
  epochRenewal,
  eventFields,
  type EventRow,
  eventValues,
} from '../_sql/history/rows.js';
import { distinctTerms } from '../_sql/history/terms.js';
import { insertRows } from '../_sql/insert-rows.js';
import type { PooledDatabase } from '../_sql/pooled-database.js';

/** The term that every searchable message of a room has; no tokenizer makes it. */
const roomTerm = (room: string): string => `/${room}`;

function termsOf(room: string, { terms }: Pick<NewEvent, 'terms'>): string[] | null {
  return terms === undefined || terms.length === 0
    ? null
    : [roomTerm(room), ...distinctTerms(terms)];
}

interface StartRow extends Start {
  room: string;
}

const startsOf = (rows: readonly StartRow[]): Map<string, Start> =>
  new Map(rows.map(({ room, epoch, head }) => [room, { epoch, head }]));

/** One statement a batch: migration 0002 has the functions. */
class PostgresWriter implements LogWriter {
  constructor(private readonly database: PooledDatabase) {}

  async write(drafts: readonly Draft[]): Promise<Map<string, Start>> {
    const [first] = drafts;
    const [lone, ...more] = drafts.length === 1 && first ? first.events : [];
    return first && lone && more.length === 0 ? this.one(first.room, lone) : this.many(drafts);
  }

  known(drafts: readonly Draft[]) {
    return knownAmong(this.database, drafts);
  }

  private async one(room: string, event: NewEvent): Promise<Map<string, Start>> {
    const { id, type, sender, cid, at, target = null, body } = event;
    const row = await this.database.get<{ told: string | null }>(
      'SELECT append_event(?, ?, ?, ?, ?, ?, ?, ?, ?) AS told',
      [room, id, type, sender, cid, at, target, body, termsOf(room, event)],
    );
    if (!row?.told) return new Map();
    const [seq = '', ...epoch] = row.told.split(' ');
    return new Map([[room, { epoch: epoch.join(' '), head: Number(seq) - 1 }]]);
  }

  private async many(drafts: readonly Draft[]): Promise<Map<string, Start>> {
    const rooms: string[] = [];
    const counts: number[] = [];
    const rows: object[] = [];
    let deletions = false;
    for (const { room, events } of drafts) {
      rooms.push(room);
      counts.push(events.length);
      for (const [at, event] of events.entries()) {
        const { id, type, sender, cid, at: time, target, body } = event;
        const terms = termsOf(room, event);
        rows.push({ room, n: at + 1, id, type, sender, cid, at: time, target, body, terms });
        deletions ||= type === 'message.deleted';
      }
    }
    return startsOf(
      await this.database.all<StartRow>(
        'SELECT room, epoch, head FROM append_events(?, ?, ?, ?::boolean)',
        [rooms, counts, JSON.stringify(rows), String(deletions)],
      ),
    );
  }
}

const fields = eventFields.join(', ');

export const postgresHistory: HistoryDialect<PooledDatabase> = {
  commit: (database, batch) => appendOptimistically(new PostgresWriter(database), batch),

  async insert(queries, dialect, room, events) {
    const rows = events.map((event) => [
      ...eventValues(room, event.seq, event),
      termsOf(room, event),
    ]);
    const into = { table: 'events', columns: [...eventFields, 'terms'] };
    await insertRows(queries, dialect, into, rows);
  },

  // They are in the events' own rows.
  forgetIndexed: async () => undefined,

  renewal: epochRenewal,

  changes: changesByTarget,

  /** The newest of each room, then of them all: `terms` of many rooms would read the log of the whole server. */
  search(database, rooms, terms, { limit, after }) {
    return database.all<EventRow>(
      `SELECT hits.* FROM unnest(?::text[], ?::text[]) AS asked (room, marker) CROSS JOIN LATERAL (
          SELECT ${fields} FROM events
          WHERE terms @> (ARRAY[asked.marker] || ?::text[]) AND events.room = asked.room
            AND type = 'message' AND deleted = 0 ${after === undefined ? '' : 'AND id < ?'}
          ORDER BY id DESC LIMIT ?) hits
        ORDER BY hits.id DESC LIMIT ?`,
      [
        [...rooms],
        rooms.map(roomTerm),
        [...terms],
        ...(after === undefined ? [] : [after]),
        limit,
        limit,
      ],
    );
  },
};
