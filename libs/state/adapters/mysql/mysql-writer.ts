import { AlreadyExists, type StateError } from '#libs/state';
import type { Draft, Start } from '../_sql/history/batch-plan.js';
import { knownAmong, type LogWriter } from '../_sql/history/optimistic-append.js';
import type { PooledDatabase } from '../_sql/pooled-database.js';
import type { Queries } from '../_sql/queries.js';
import type { LogHead, LogHeads } from './log-heads.js';
import { stateOf } from './log-insert.js';
import { loneInsert, packetsOf } from './log-script.js';
import type { RepeatedStatements } from './repeated-statements.js';
import type { WordBlocks } from './word-blocks.js';

const columnCannotBeNull = 1048;

interface Row extends LogHead {
  id: string;
}

/** What one store's appends share. */
export interface MysqlLogState {
  heads: LogHeads;
  statements: RepeatedStatements;
  blocks: WordBlocks;
}

/**
 * Appends. No append writes a room's head: it is the highest number of its events, or, where those
 * are trimmed, `rooms.head`, which whoever removes events sets to it.
 *
 * Usually a batch is one INSERT that commits itself, with the numbers above the heads that this
 * process remembers. That is right because, of a room in one state (see `stateOf`):
 *
 * - The head only rises, so what is remembered is never too high, and the first number taken is at
 *   most the head + 1: no gap. Rooms that were deleted and made again are of another incarnation, and
 *   a server that took over from another may lack commits: neither has the state remembered.
 * - A number that is taken violates the primary key, and the batch is repeated under the rooms' locks.
 *   None that was trimmed is given again: `rooms.first` would have changed.
 * - Who takes n + 1 has stored n, or has read it, so it is committed: numbers are commit-visible.
 * - The INSERT holds shared locks on the rooms it has checked, and trimming, restoring and deleting
 *   hold theirs exclusively: none of these comes between, none leaves events without a room behind, and
 *   none takes for the head what is about to be exceeded.
 *
 * Where another process writes to a room, too, it is written under its lock for a while, for which
 * all who compete queue up.
 */
export class MysqlWriter implements LogWriter {
  constructor(
    private readonly database: PooledDatabase,
    private readonly shared: MysqlLogState,
  ) {}

  async write(drafts: readonly Draft[]): Promise<Map<string, Start>> {
    const { database } = this;
    const { heads } = this.shared;
    try {
      if (!this.wantsLocks(drafts)) {
        try {
          return await database.glued((queries) => this.insert(queries, drafts));
        } catch (error) {
          if (!isOutdated(error as StateError)) throw error;
        }
      }
      return await database.glued((queries) => this.insertLocked(queries, drafts));
    } catch (error) {
      // What became of it is unknown, and on what server it ends up.
      if (!(error instanceof AlreadyExists)) heads.forgetAll();
      throw error;
    }
  }

  known(drafts: readonly Draft[]) {
    return knownAmong(this.database, drafts);
  }

  /** Of a call without events, no INSERT says whether its room is there. */
  private wantsLocks(drafts: readonly Draft[]): boolean {
    return drafts.some(
      ({ room, events }) => events.length === 0 || this.shared.heads.isContended(room),
    );
  }

  private async insert(queries: Queries, drafts: readonly Draft[]): Promise<Map<string, LogHead>> {
    const since = performance.now();
    const starts = await this.startsOf(queries, drafts);
    const written = drafts.filter(({ room }) => starts.has(room));
    if (written.length > 0) {
      const lone = loneInsert(written, starts);
      if (lone) await this.shared.statements.run(queries, lone);
      else
        for (const { sql, params } of packetsOf(written, starts, 'checked'))
          await queries.all(sql, params);
    }
    this.learn(written, starts, since);
    return starts;
  }

  private async insertLocked(
    queries: Queries,
    drafts: readonly Draft[],
  ): Promise<Map<string, LogHead>> {
    const since = performance.now();
    const [, rows] = await queries.all<Row[]>(`START TRANSACTION; ${this.select(' FOR UPDATE')}`, [
      drafts.map(({ room }) => room),
    ]);
    const starts = startsIn(rows ?? []);
    for (const [room, head] of starts) this.shared.heads.found(room, head, since);
    const written = drafts.filter(({ room }) => starts.has(room));
    for (const { sql, params } of packetsOf(written, starts, 'locked'))
      await queries.all(sql, params);
    this.learn(written, starts, since);
    return starts;
  }

  /** As remembered; as they are now where one is not. */
  private async startsOf(
    queries: Queries,
    drafts: readonly Draft[],
  ): Promise<Map<string, LogHead>> {
    const starts = new Map<string, LogHead>();
    for (const { room } of drafts) {
      const head = this.shared.heads.get(room);
      if (head) starts.set(room, head);
    }
    const open = drafts.filter(({ room }) => !starts.has(room));
    if (open.length === 0) return starts;
    const rows = await queries.all<Row>(this.select(''), [open.map(({ room }) => room)]);
    for (const [room, head] of startsIn(rows)) starts.set(room, head);
    return starts;
  }

  private select(locking: '' | ' FOR UPDATE'): string {
    const head = this.database.dialect.head(locking);
    return `SELECT id, epoch, ${head} AS head, ${stateOf} AS state FROM rooms WHERE id IN (?) ORDER BY id${locking}`;
  }

  private learn(
    drafts: readonly Draft[],
    starts: ReadonlyMap<string, LogHead>,
    since: number,
  ): void {
    for (const { room, events } of drafts) {
      const start = starts.get(room) as LogHead;
      const head = start.head + events.length;
      this.shared.heads.learn(room, { ...start, head }, since);
      if (events.some(({ terms = [] }) => terms.length > 0))
        this.shared.blocks.appended(this.database, room, start.head, head);
    }
  }
}

const startsIn = (rows: readonly Row[]): Map<string, LogHead> =>
  new Map(rows.map(({ id, epoch, head, state }) => [id, { epoch, head, state }]));

/** What was remembered of a room is not so. A cid or an event id that is taken has a key of that name. */
function isOutdated(error: StateError): boolean {
  if (error instanceof AlreadyExists) return !/events_by_(cid|id)'?$/.test(error.message);
  return ((error.cause ?? {}) as { errno?: number }).errno === columnCannotBeNull;
}
