import { NoSuchRecord } from '#libs/state';
import type { Param, Queries } from '../queries.js';
import type { Head } from './rows.js';

/** The room, and what was found of it at the same moment. */
export interface Found<Row> extends Head {
  rows: Row[];
}

/**
 * Rows that belong to a room, with its position, by one statement and so of one moment.
 * @param key a column that no row is without
 * @param select gives the rows, with their `room`
 * @throws NoSuchRecord
 */
export async function ofRoom<Row extends object>(
  queries: Queries,
  room: string,
  key: keyof Row & string,
  select: string,
  params: readonly Param[],
): Promise<Found<Row>> {
  const found = await queries.all<Head & { [column in keyof Row]: Row[column] | null }>(
    `SELECT rooms.epoch, rooms.head, rooms.first, found.* FROM rooms
      LEFT JOIN (${select}) found ON found.room = rooms.id WHERE rooms.id = ? ORDER BY found.${key}`,
    [...params, room],
  );
  const [any] = found;
  if (!any) throw new NoSuchRecord(`room ${room}`);
  const { epoch, head, first } = any;
  return { epoch, head, first, rows: found.filter((row) => row[key] !== null) as unknown as Row[] };
}
