import type { HistoryStore } from '../history/history-store.js';
import { compareRoom, type RoomDigest } from './room-difference.js';
import { allRooms, eachOf } from './walk.js';

export interface Verified {
  rooms: number;
  events: number;
}

export interface VerifyOptions {
  from: HistoryStore;
  to: HistoryStore;
  parallel?: number;
  /**
   * Called where a room differs: the source may have moved on. Copies the room again and gives the
   * head reached, up to which it is then compared; null where the room is gone or cannot be copied.
   */
  again?: (room: string) => Promise<number | null>;
  onRoom?: (room: string, digest: RoomDigest) => void;
}

/** How often a room is compared whose source does not stand still. */
const attempts = 3;

/** The first difference, by what it is found in, or what was compared. */
export async function historyDifference(
  options: VerifyOptions,
): Promise<Verified & { difference: string | null }> {
  const { from, to, parallel = 4 } = options;
  const verified: Verified = { rooms: 0, events: 0 };
  const seen = new Set<string>();
  let difference: string | null = null;
  await eachOf(allRooms(from), parallel, async (room) => {
    seen.add(room.id);
    if (difference !== null) return;
    const found = await settled(options, room.id);
    if (found === null) return;
    if ('difference' in found) {
      difference ??= found.difference;
      return;
    }
    verified.rooms += 1;
    verified.events += found.digest.events;
    options.onRoom?.(room.id, found.digest);
  });
  if (difference !== null) return { ...verified, difference };
  for await (const { id } of allRooms(to))
    if (!seen.has(id) && !(await from.room(id)))
      return { ...verified, difference: `room ${id} is only at the target` };
  return { ...verified, difference: null };
}

/** The comparison of one room, or null where the source deleted it meanwhile. */
async function settled({ from, to, again }: VerifyOptions, id: string) {
  let upTo: number | null = null;
  for (let attempt = 1; ; attempt += 1) {
    const room = await from.room(id);
    if (!room) return null;
    const found = await compareRoom(from, to, room, upTo ?? undefined);
    if ('digest' in found || !again || attempt === attempts) return found;
    upTo = await again(id);
  }
}
