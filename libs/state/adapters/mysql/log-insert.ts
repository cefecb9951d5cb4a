import type { NewEvent } from '#libs/state';
import type { Param } from '../_sql/queries.js';
import type { LogHead } from './log-heads.js';
import { wordsOf } from './words.js';

/** What must not have changed of a room since its head was seen, in a statement about `rooms`. */
export const stateOf = "CONCAT(rooms.first, ' ', rooms.incarnation, ' ', @@server_id)";

/** Those last that are often NULL: a statement leaves out what is of all its rows. */
export const insertedFields = [
  ...['room', 'seq', 'id', 'type', 'sender', 'cid', 'at', 'body'],
  ...['terms', 'target'],
];
const always = 8;

export const insertedValues = (room: string, seq: number, event: NewEvent): Param[] => [
  room,
  seq,
  event.id,
  event.type,
  event.sender,
  event.cid,
  event.at,
  event.body,
  wordsOf(event.terms),
  event.target ?? null,
];

/** A statement. `prepared` where its text is one of few, which the server is to keep. */
export interface Statement {
  sql: string;
  params: Param[];
  prepared?: boolean;
}

/** Rows of a statement that is prepared: each text of one takes memory on every connection. */
const preparedRows = 64;
/** The rooms of a prepared statement are filled up to the next of these. */
const roomCounts = [1, 4, 16, 64];

const marks = (count: number) => Array<string>(count).fill('?').join(', ');

/** The texts of statements that may be prepared: as few as there are shapes. */
const texts = new Map<string, string>();

/**
 * One INSERT of the rows.
 * @param checked the rooms of the batch with their heads as remembered: unless all of them are there
 * in the state remembered, the first row's room is NULL and nothing is stored. None: they are locked.
 */
export function insertOf(
  rows: readonly Param[][],
  checked: readonly (readonly [room: string, head: LogHead])[],
): Statement {
  const few = rows.length <= preparedRows && checked.length > 0;
  const count = few ? (roomCounts.find((one) => one >= checked.length) ?? 0) : checked.length;
  let width = insertedFields.length;
  while (width > always && rows.every((row) => row[width - 1] === null)) width -= 1;
  const [[firstRoom = null] = []] = rows;
  const params = count > 0 ? checkOf(checked, count, firstRoom) : [firstRoom];
  for (const [at, row] of rows.entries())
    for (let column = at === 0 ? 1 : 0; column < width; column += 1)
      params.push(row[column] as Param);
  if (!few) return { sql: textOf(rows.length, width, count), params };
  const shape = `${rows.length} ${width} ${count}`;
  let sql = texts.get(shape);
  if (sql === undefined) texts.set(shape, (sql = textOf(rows.length, width, count)));
  return { sql, params, prepared: true };
}

function textOf(rows: number, width: number, rooms: number): string {
  const into = `INSERT INTO events (${insertedFields.slice(0, width).join(', ')}) VALUES `;
  const others = marks(width - 1);
  const first =
    rooms === 0
      ? '?'
      : `(SELECT IF(COUNT(*) = ?, ?, NULL) FROM rooms FORCE INDEX (PRIMARY)
          WHERE id IN (${marks(rooms)}) AND ${stateOf} IN (${marks(rooms)}) LOCK IN SHARE MODE)`;
  return `${into}(${first}, ${others})${`, (?, ${others})`.repeat(rows - 1)}`;
}

/** The last room again and again, up to `count`: it counts once. */
function checkOf(
  checked: readonly (readonly [room: string, head: LogHead])[],
  count: number,
  firstRoom: Param,
): Param[] {
  const filled = Array.from(
    { length: count },
    (_, at) => checked[Math.min(at, checked.length - 1)] as readonly [string, LogHead],
  );
  return [
    checked.length,
    firstRoom,
    ...filled.map(([room]) => room),
    ...filled.map(([, { state }]) => state),
  ];
}
