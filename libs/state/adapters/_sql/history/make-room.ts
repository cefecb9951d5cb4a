import type { RoomRecord } from '#libs/state';
import type { Dialect } from '../dialect.js';
import { insertRows } from '../insert-rows.js';
import type { Queries } from '../queries.js';
import { type Head, roomFields, roomValues } from './rows.js';

/** Makes the room where there is none, in a transaction. True where it did. */
export async function makeRoom(
  dialect: Dialect,
  queries: Queries,
  room: RoomRecord,
  { epoch, head, first }: Head,
): Promise<boolean> {
  const made = await insertRows(
    queries,
    dialect,
    {
      table: 'rooms',
      columns: [...roomFields, 'epoch', 'head', 'first'],
      ending: dialect.unlessThere('rooms', 'id'),
    },
    [[...roomValues(room), epoch, head, first]],
  );
  if (made === 0) return false;
  // A marker may have been set at the very moment the room of that name before it was deleted.
  await queries.run('DELETE FROM markers WHERE room = ?', [room.id]);
  return true;
}
