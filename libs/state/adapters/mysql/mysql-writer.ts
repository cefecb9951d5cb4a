import type { NewEvent } from '#libs/state';
import type { Draft, Start } from '../_sql/history/batch-plan.js';
import { knownAmong, type LogWriter } from '../_sql/history/optimistic-append.js';
import { eventFields, eventValues } from '../_sql/history/rows.js';
import { termFields, termRows } from '../_sql/history/terms-table.js';
import type { PooledDatabase } from '../_sql/pooled-database.js';
import type { Param, Queries } from '../_sql/queries.js';
import type { Epochs } from './epochs.js';

/** Rows of one INSERT, and bytes of their texts: a server takes 16 MB at once, at its least. */
const rowsAtOnce = 1000;
const bytesAtOnce = 1024 * 1024;

const insertEvents = `INSERT INTO events (${eventFields.join(', ')}) VALUES ?`;
const insertTerms = `INSERT INTO event_terms (${termFields.join(', ')}) VALUES ?`;
const deleteMessage = 'UPDATE events SET deleted = 1 WHERE room = ? AND id = ?';

/** The second and third of `loneSql`'s answers, of which the first tells the number. */
interface Raised {
  affectedRows: number;
  insertId: number;
}

/**
 * The number goes from the statement that raises the head to the one that stores the event without
 * leaving the server. Where the room is not there in that epoch there is none, and NULL is refused.
 */
const loneSql = `START TRANSACTION;
  UPDATE rooms SET head = LAST_INSERT_ID(head + 1) WHERE id = ? AND epoch = ?;
  INSERT INTO events (${eventFields.join(', ')}) VALUES (?, IF(ROW_COUNT() = 1, LAST_INSERT_ID(), NULL), ?, ?, ?, ?, ?, ?, ?)`;

const columnCannotBeNull = 1048;

/** A batch is two round trips, one event whose room's epoch is known one. */
export class MysqlWriter implements LogWriter {
  constructor(
    private readonly database: PooledDatabase,
    private readonly epochs: Epochs,
  ) {}

  async write(drafts: readonly Draft[]): Promise<Map<string, Start>> {
    const [draft] = drafts;
    const [event, ...more] = drafts.length === 1 && draft ? draft.events : [];
    const epoch = draft && this.epochs.get(draft.room);
    if (draft && event && more.length === 0 && epoch !== undefined) {
      const start = await this.one(draft.room, epoch, event);
      if (start) return new Map([[draft.room, start]]);
      this.epochs.forget(draft.room);
    }
    return this.database.glued((queries) => this.many(queries, drafts));
  }

  known(drafts: readonly Draft[]) {
    return knownAmong(this.database, drafts);
  }

  /** Undefined where the room is not there in this epoch. */
  private async one(room: string, epoch: string, event: NewEvent): Promise<Start | undefined> {
    const terms = termRows(room, 0, event);
    const each = terms.map(() => '(?, ?, LAST_INSERT_ID())').join(', ');
    const deletes = event.type === 'message.deleted' && event.target !== undefined;
    const sql = [
      loneSql,
      ...(terms.length > 0
        ? [`INSERT INTO event_terms (${termFields.join(', ')}) VALUES ${each}`]
        : []),
      ...(deletes ? [deleteMessage] : []),
      'COMMIT',
    ].join('; ');
    const params: Param[] = [
      ...[room, epoch, room],
      ...eventValues(room, 0, event).slice(2),
      ...terms.flatMap(([, term]) => [room, term as string]),
      ...(deletes ? [room, event.target ?? null] : []),
    ];
    try {
      const [, raised] = await this.database.glued((queries) => queries.all<Raised>(sql, params));
      return { epoch, head: (raised?.insertId ?? 0) - 1 };
    } catch (error) {
      const { errno } = ((error as Error).cause ?? {}) as { errno?: number };
      if (errno === columnCannotBeNull) return undefined;
      throw error;
    }
  }

  private async many(queries: Queries, drafts: readonly Draft[]): Promise<Map<string, Start>> {
    const [, rows] = await queries.all<(Start & { id: string })[]>(
      'START TRANSACTION; SELECT id, epoch, head FROM rooms WHERE id IN (?) ORDER BY id FOR UPDATE',
      [drafts.map(({ room }) => room)],
    );
    const starts = new Map((rows ?? []).map(({ id, epoch, head }) => [id, { epoch, head }]));
    const written = drafts.filter(({ room }) => starts.has(room));
    for (const { sql, params } of scriptOf(written, starts)) await queries.all(sql, params);
    for (const [room, { epoch }] of starts) this.epochs.set(room, epoch);
    return starts;
  }
}

interface Statement {
  sql: string;
  params: Param[];
}

/** What stores the drafts, in as few packets as the server takes. The last one commits. */
function scriptOf(drafts: readonly Draft[], starts: ReadonlyMap<string, Start>): Statement[] {
  const events: Param[][] = [];
  const terms: Param[][] = [];
  const heads: Statement[] = [];
  const deletions: Statement[] = [];
  for (const { room, events: fresh } of drafts) {
    const head = starts.get(room)?.head ?? 0;
    for (const [at, event] of fresh.entries()) {
      events.push(eventValues(room, head + at + 1, event));
      if (event.terms) terms.push(...termRows(room, head + at + 1, event));
      if (event.type === 'message.deleted')
        deletions.push({ sql: deleteMessage, params: [room, event.target ?? null] });
    }
    heads.push({
      sql: 'UPDATE rooms SET head = ? WHERE id = ?',
      params: [head + fresh.length, room],
    });
  }
  const inserts = [
    ...chunks(events).map((rows) => ({ sql: insertEvents, params: [rows] })),
    ...chunks(terms).map((rows) => ({ sql: insertTerms, params: [rows] })),
  ];
  const last = joined([...deletions, ...heads, { sql: 'COMMIT', params: [] }]);
  // A single INSERT goes along with what ends the transaction: nearly always it is all there is.
  const [lone, ...more] = inserts;
  return lone && more.length === 0 ? [joined([lone, last])] : [...inserts, last];
}

const joined = (statements: readonly Statement[]): Statement => ({
  sql: statements.map(({ sql }) => sql).join('; '),
  params: statements.flatMap(({ params }) => params),
});

function chunks(rows: readonly Param[][]): Param[][][] {
  const all: Param[][][] = [];
  let bytes = 0;
  for (const row of rows) {
    const last = all.at(-1);
    const size = row.reduce<number>((sum, value) => sum + 3 * String(value).length, 0);
    bytes += size;
    if (last && last.length < rowsAtOnce && bytes <= bytesAtOnce) last.push(row);
    else {
      all.push([row]);
      bytes = size;
    }
  }
  return all;
}
