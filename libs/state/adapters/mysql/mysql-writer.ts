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
/** Heads that one UPDATE raises: it looks them through for each. */
const headsAtOnce = 100;

const insertEvents = `INSERT INTO events (${eventFields.join(', ')}) VALUES ?`;
const insertTerms = `INSERT INTO event_terms (${termFields.join(', ')}) VALUES ?`;
const deleteMessage = 'UPDATE events SET deleted = 1 WHERE room = ? AND id = ?';

/** The head's new value, as the server's answer to the UPDATE carries it. */
interface Raised {
  insertId: number;
}

const columnCannotBeNull = 1048;

/** A batch is two round trips; where it is of one room whose epoch is known, one. */
export class MysqlWriter implements LogWriter {
  constructor(
    private readonly database: PooledDatabase,
    private readonly epochs: Epochs,
  ) {}

  async write(drafts: readonly Draft[]): Promise<Map<string, Start>> {
    const [draft] = drafts;
    const epoch = draft && this.epochs.get(draft.room);
    if (drafts.length === 1 && draft && epoch !== undefined && fitsOneInsert(draft)) {
      const start = await this.one(draft, epoch);
      if (start) return new Map([[draft.room, start]]);
      this.epochs.forget(draft.room);
    }
    return this.database.glued((queries) => this.many(queries, drafts));
  }

  known(drafts: readonly Draft[]) {
    return knownAmong(this.database, drafts);
  }

  /** Undefined where the room is not there in this epoch. */
  private async one(draft: Draft, epoch: string): Promise<Start | undefined> {
    const { sql, params } = joined(oneRoom(draft, epoch));
    try {
      const [, raised] = await this.database.glued((queries) => queries.all<Raised>(sql, params));
      return { epoch, head: (raised?.insertId ?? 0) - draft.events.length };
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

const fitsOneInsert = ({ events }: Draft): boolean =>
  events.length > 0 &&
  events.length < 100 &&
  events.reduce((sum, { body }) => sum + 3 * body.length, 0) < bytesAtOnce;

const deletionsIn = ({ room, events }: Draft): Statement[] =>
  events
    .filter(({ type }) => type === 'message.deleted')
    .map(({ target = null }) => ({ sql: deleteMessage, params: [room, target] }));

/**
 * The numbers go from the statement that raises the head to those that store the events without
 * leaving the server. Where the room is not there in that epoch there is none, and NULL is refused.
 */
function oneRoom(draft: Draft, epoch: string): Statement[] {
  const { room, events } = draft;
  const below = (at: number) => events.length - 1 - at;
  const terms = events.flatMap((event, at) =>
    termRows(room, 0, event).map(([, term]): Param[] => [room, term as string, below(at)]),
  );
  return [
    { sql: 'START TRANSACTION', params: [] },
    {
      sql: 'UPDATE rooms SET head = LAST_INSERT_ID(head + ?) WHERE id = ? AND epoch = ?',
      params: [events.length, room, epoch],
    },
    {
      sql: `INSERT INTO events (${eventFields.join(', ')}) VALUES ${events.map(() => '(?, IF(ROW_COUNT() = 1, LAST_INSERT_ID() - ?, NULL), ?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
      params: events.flatMap((event, at) => eventValues(room, below(at), event)),
    },
    ...(terms.length === 0
      ? []
      : [
          {
            sql: `INSERT INTO event_terms (${termFields.join(', ')}) VALUES ${terms.map(() => '(?, ?, LAST_INSERT_ID() - ?)').join(', ')}`,
            params: terms.flat(),
          },
        ]),
    ...deletionsIn(draft),
    { sql: 'COMMIT', params: [] },
  ];
}

/** What stores the drafts, in as few packets as the server takes. The last one commits. */
function scriptOf(drafts: readonly Draft[], starts: ReadonlyMap<string, Start>): Statement[] {
  const events: Param[][] = [];
  const terms: Param[][] = [];
  const heads: [room: string, head: number][] = [];
  for (const { room, events: fresh } of drafts) {
    let seq = starts.get(room)?.head ?? 0;
    for (const event of fresh) {
      seq += 1;
      events.push(eventValues(room, seq, event));
      if (event.terms) terms.push(...termRows(room, seq, event));
    }
    heads.push([room, seq]);
  }
  const inserts = [
    ...chunks(events).map((rows) => ({ sql: insertEvents, params: [rows] })),
    ...chunks(terms).map((rows) => ({ sql: insertTerms, params: [rows] })),
  ];
  const last = joined([
    ...drafts.flatMap(deletionsIn),
    ...raising(heads),
    { sql: 'COMMIT', params: [] },
  ]);
  // A single INSERT goes along with what ends the transaction: nearly always it is all there is.
  const [lone, ...more] = inserts;
  return lone && more.length === 0 ? [joined([lone, last])] : [...inserts, last];
}

function raising(heads: readonly [room: string, head: number][]): Statement[] {
  const statements: Statement[] = [];
  for (let at = 0; at < heads.length; at += headsAtOnce) {
    const some = heads.slice(at, at + headsAtOnce);
    statements.push({
      sql: `UPDATE rooms SET head = CASE id ${some.map(() => 'WHEN ? THEN ?').join(' ')} END WHERE id IN (?)`,
      params: [...some.flat(), some.map(([room]) => room)],
    });
  }
  return statements;
}

const joined = (statements: readonly Statement[]): Statement => ({
  sql: statements.map(({ sql }) => sql).join('; '),
  params: statements.flatMap(({ params }) => params),
});

/** Rows that one INSERT takes, in their order. */
function chunks(rows: readonly Param[][]): Param[][][] {
  const all: Param[][][] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = row.reduce<number>((sum, value) => sum + 3 * String(value).length, 0);
    const last = all.at(-1);
    bytes += size;
    if (last && last.length < rowsAtOnce && bytes <= bytesAtOnce) last.push(row);
    else {
      all.push([row]);
      bytes = size;
    }
  }
  return all;
}
