import type { NewEvent } from '#libs/state';
import { eventFields, eventValues } from '../_sql/history/rows.js';
import type { Param } from '../_sql/queries.js';
import type { LogHead } from './log-heads.js';
import { wordsOf } from './words.js';

/** What must not have changed of a room since its head was seen, in a statement about `rooms`. */
export const stateOf = "CONCAT(rooms.first, ' ', rooms.incarnation, ' ', @@server_id)";

export const insertedFields = [...eventFields, 'terms'];

export const insertedValues = (room: string, seq: number, event: NewEvent): Param[] => [
  ...eventValues(room, seq, event),
  wordsOf(event.terms),
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

const into = `INSERT INTO events (${insertedFields.join(', ')}) VALUES `;
const marks = (count: number) => Array<string>(count).fill('?').join(', ');
const others = marks(insertedFields.length - 1);

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
  const params = rows.flat();
  if (count > 0) params.splice(0, 1, ...checkOf(checked, count, params[0] as Param));
  if (!few) return { sql: textOf(rows.length, count), params };
  const shape = `${rows.length} ${count}`;
  let sql = texts.get(shape);
  if (sql === undefined) texts.set(shape, (sql = textOf(rows.length, count)));
  return { sql, params, prepared: true };
}

function textOf(rows: number, rooms: number): string {
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
