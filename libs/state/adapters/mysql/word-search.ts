import type { Page } from '#libs/state';
import type { EventRow } from '../_sql/history/rows.js';
import { eventFields } from '../_sql/history/rows.js';
import type { Param } from '../_sql/queries.js';
import type { PooledDatabase } from '../_sql/pooled-database.js';
import { blockEvents, compareIds, type WordBlocks } from './word-blocks.js';
import { patternsOf, searchFor } from './words.js';

/** Stretches of logs looked through by one statement. */
const stretchesAtOnce = 200;
/** Blocks looked through at first; then twice as many each time. */
const blocksAtFirst = 4;

/** Events of a room from one number to another. */
type Stretch = readonly [room: string, from: number, to: number];

interface BlockRow {
  room: string;
  block: number;
  newest: string;
}

const fields = eventFields.map((field) => `events.${field}`).join(', ');

/** The messages with all of the terms: what is not in blocks yet, then the blocks from the newest on. */
export async function searchWords(
  database: PooledDatabase,
  blocks: WordBlocks,
  rooms: readonly string[],
  terms: readonly string[],
  page: Page,
): Promise<EventRow[]> {
  const patterns = patternsOf(terms);
  const logs = await blocks.folded(database, rooms);
  const loose = logs
    .filter(({ folded, head }) => folded <= head)
    .map(({ id, folded, head }): Stretch => [id, folded, head]);
  let hits: EventRow[] = [];
  const look = async (stretches: readonly Stretch[]) => {
    hits = merged(hits, await messagesIn(database, stretches, patterns, page), page.limit);
  };
  for (let at = 0; at < loose.length; at += stretchesAtOnce)
    await look(loose.slice(at, at + stretchesAtOnce));

  const found = await blocksWith(database, rooms, terms, page.after);
  let atOnce = blocksAtFirst;
  for (let at = 0; at < found.length;) {
    const last = hits.length < page.limit ? undefined : hits.at(-1);
    if (last && compareIds((found[at] as BlockRow).newest, last.id) < 0) break;
    const some = found.slice(at, at + atOnce);
    await look(some.map(({ room, block }) => stretchOf(room, block)));
    at += some.length;
    atOnce = Math.min(2 * atOnce, stretchesAtOnce);
  }
  return hits;
}

const stretchOf = (room: string, block: number): Stretch => [
  room,
  block * blockEvents,
  (block + 1) * blockEvents - 1,
];

/** Blocks that may have such messages: each of the terms is in one of theirs. */
function blocksWith(
  database: PooledDatabase,
  rooms: readonly string[],
  terms: readonly string[],
  after: string | undefined,
): Promise<BlockRow[]> {
  return database.all<BlockRow>(
    `SELECT room, block, newest FROM event_words
      WHERE MATCH (words) AGAINST (? IN BOOLEAN MODE) AND room IN (?) ${after === undefined ? '' : 'AND oldest < ?'}
      ORDER BY newest DESC`,
    [searchFor(rooms, terms), rooms, ...(after === undefined ? [] : [after])],
  );
}

function messagesIn(
  database: PooledDatabase,
  stretches: readonly Stretch[],
  patterns: readonly string[],
  { limit, after }: Page,
): Promise<EventRow[]> {
  const within = stretches.map(() => 'events.room = ? AND events.seq BETWEEN ? AND ?');
  const words = "CONCAT(' ', events.terms, ' ')";
  const having = patterns.map(() => `${words} LIKE ?`);
  const params: Param[] = [...stretches.flat(), ...patterns];
  if (after !== undefined) params.push(after);
  return database.all<EventRow>(
    `SELECT ${fields} FROM events FORCE INDEX (PRIMARY)
      WHERE (${within.join(' OR ')}) AND ${having.join(' AND ')}
        AND events.type = 'message' AND events.deleted = 0 ${after === undefined ? '' : 'AND events.id < ?'}
      ORDER BY events.id DESC LIMIT ?`,
    [...params, limit],
  );
}

/** The newest of both; what was folded meanwhile may be in both. */
function merged(one: readonly EventRow[], other: readonly EventRow[], limit: number): EventRow[] {
  const all = new Map([...one, ...other].map((row) => [`${row.seq} ${row.room}`, row]));
  return [...all.values()].sort((a, b) => compareIds(b.id, a.id)).slice(0, limit);
}
