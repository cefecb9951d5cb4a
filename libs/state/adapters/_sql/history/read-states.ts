import { NoSuchRecord, type ReadState } from '#libs/state';
import type { Dialect } from '../dialect.js';
import type { SqlDatabase } from '../sql-database.js';

/** Messages of others, not deleted, above the marker: counted along the log's own index. */
export async function readStates(
  database: SqlDatabase,
  user: string,
  rooms: readonly string[],
): Promise<Map<string, ReadState>> {
  const { dialect } = database;
  const rows = await database.all<{ room: string; last: number; unread: number }>(
    `SELECT rooms.id AS room, coalesce(markers.seq, 0) AS last,
      (SELECT count(*) FROM events WHERE events.room = rooms.id AND events.seq > coalesce(markers.seq, 0)
        AND events.type = 'message' AND events.deleted = 0 AND events.sender <> ?) AS unread
      FROM rooms LEFT JOIN markers ON markers.room = rooms.id AND markers.user_id = ?
      WHERE ${dialect.among('rooms.id')}`,
    [user, user, dialect.list(rooms)],
  );
  return new Map(rows.map(({ room, last, unread }) => [room, { lastReadSeq: last, unread }]));
}

/** Where the marker is there already: it rises or stays. */
const raised = ({ name }: Dialect): string =>
  name === 'mysql'
    ? 'ON DUPLICATE KEY UPDATE seq = GREATEST(markers.seq, VALUES(seq))'
    : 'ON CONFLICT (room, user_id) DO UPDATE SET seq = excluded.seq WHERE markers.seq < excluded.seq';

/** Raises the marker to min(seq, head). @throws NoSuchRecord */
export async function markRead(
  database: SqlDatabase,
  room: string,
  user: string,
  seq: number,
): Promise<ReadState> {
  const { dialect } = database;
  await database.run(
    `INSERT INTO markers (room, user_id, seq)
      SELECT asked.id, ?, CASE WHEN asked.head < ? THEN asked.head ELSE ? END
      FROM (SELECT id, ${dialect.head('')} AS head FROM rooms WHERE id = ?) asked
      WHERE asked.head > 0 AND ? > 0 ${raised(dialect)}`,
    [user, seq, seq, room, seq],
  );
  const state = (await readStates(database, user, [room])).get(room);
  if (!state) throw new NoSuchRecord(`room ${room}`);
  return state;
}
