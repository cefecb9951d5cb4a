import { NoSuchRecord } from '#libs/state';
import type { Param } from '../queries.js';
import type { SqlDatabase } from '../sql-database.js';
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
  database: SqlDatabase,
  room: string,
  key: keyof Row & string,
  select: string,
  params: readonly Param[],
): Promise<Found<Row>> {
  const { dialect } = database;
  const found = await database.all<Head & { [column in keyof Row]: Row[column] | null }>(
    `SELECT asked.epoch, asked.head, asked.first, found.*
      FROM (SELECT id, epoch, ${dialect.head('')} AS head, first FROM rooms WHERE id = ?) asked
      LEFT JOIN (${select}) found ON found.room = asked.id ORDER BY found.${key}`,
    [room, ...params],
  );
  const [any] = found;
  if (!any) throw new NoSuchRecord(`room ${room}`);
  const { epoch, head, first } = any;
  return { epoch, head, first, rows: found.filter((row) => row[key] !== null) as unknown as Row[] };
}
