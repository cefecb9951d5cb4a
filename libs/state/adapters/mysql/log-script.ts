import type { Draft } from '../_sql/history/batch-plan.js';
import { deletedBy } from '../_sql/history/rows.js';
import type { Param } from '../_sql/queries.js';
import type { LogHead } from './log-heads.js';
import { insertedValues, insertOf, type Statement } from './log-insert.js';

/** Rows of one INSERT, and bytes of a packet's texts: a server takes 16 MB at once, at its least. */
const rowsAtOnce = 1000;
const bytesAtOnce = 1024 * 1024;

type Heads = ReadonlyMap<string, LogHead>;

/** The INSERT that stores all of a batch by itself, where one can: it has no deletion and is not large. */
export function loneInsert(drafts: readonly Draft[], starts: Heads): Statement | undefined {
  const [rows = [], ...more] = chunks(rowsOf(drafts, starts));
  const alone = more.length === 0 && drafts.every(({ events }) => events.every(isPlain));
  return alone ? insertOf(rows, checkedOf(drafts, starts)) : undefined;
}

/**
 * What stores a batch in a transaction, in as few packets as the server takes. The last one commits.
 * `checked`: the first begins it, and the rooms have to be as remembered. `locked`: it has begun, and
 * holds the rooms.
 */
export function packetsOf(
  drafts: readonly Draft[],
  starts: Heads,
  mode: 'checked' | 'locked',
): Statement[] {
  const checked = mode === 'checked' ? checkedOf(drafts, starts) : [];
  const begin = mode === 'checked' ? [{ sql: 'START TRANSACTION', params: [] }] : [];
  const inserts = chunks(rowsOf(drafts, starts)).map((rows, at) =>
    insertOf(rows, at === 0 ? checked : []),
  );
  const end = [...changesIn(drafts, starts), { sql: 'COMMIT', params: [] }];
  const [lone, ...more] = inserts;
  return lone && more.length > 0
    ? [joined([...begin, lone]), ...more, joined(end)]
    : [joined([...begin, ...inserts, ...end])];
}

const isPlain = ({ target }: Draft['events'][number]): boolean => target === undefined;

const checkedOf = (drafts: readonly Draft[], starts: Heads) =>
  drafts.map(({ room }) => [room, starts.get(room) as LogHead] as const);

function rowsOf(drafts: readonly Draft[], starts: Heads): Param[][] {
  const rows: Param[][] = [];
  for (const { room, events } of drafts) {
    let seq = starts.get(room)?.head ?? 0;
    for (const event of events) rows.push(insertedValues(room, (seq += 1), event));
  }
  return rows;
}

/** What other events are changed by those of the batch: found by their ids, and hidden when deleted. */
function changesIn(drafts: readonly Draft[], starts: Heads): Statement[] {
  const changes: Param[][] = [];
  const deletions: Statement[] = [];
  for (const { room, events } of drafts) {
    for (const [at, { target }] of events.entries())
      if (target !== undefined)
        changes.push([room, target, (starts.get(room)?.head ?? 0) + 1 + at]);
    for (const target of deletedBy(events))
      deletions.push({ sql: deletion, params: [room, target] });
  }
  if (changes.length === 0) return [];
  return [{ sql: `${insertChanges} VALUES ?`, params: [changes] }, ...deletions];
}

const insertChanges = 'INSERT INTO event_changes (room, target, seq)';
const deletion = 'UPDATE events SET deleted = 1 WHERE room = ? AND id = ?';

const joined = (statements: readonly Statement[]): Statement => ({
  sql: statements.map(({ sql }) => sql).join('; '),
  params: statements.flatMap(({ params }) => params),
});

/** Rows that one INSERT takes, in their order. */
function chunks(rows: readonly Param[][]): Param[][][] {
  const all: Param[][][] = [];
  let bytes = 0;
  for (const row of rows) {
    let size = 0;
    for (const value of row) if (typeof value === 'string') size += 3 * value.length;
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
