import { NoSuchRecord } from '../errors.js';
import type { HistoryStore } from '../history/history-store.js';
import { allRooms, eachOf } from './walk.js';

/** Rooms at once: a round trip each. */
const parallel = 16;

/**
 * Gives every room another epoch, for a store that was restored. It may be repeated, and cut off and
 * begun again: a room then has its epoch changed twice, which costs its clients nothing more.
 * @param onRoom called after each, with how many were renewed
 */
export async function renewEpochs(
  store: HistoryStore,
  onRoom: (renewed: number) => void = () => undefined,
): Promise<number> {
  let renewed = 0;
  await eachOf(allRooms(store), parallel, async ({ id }) => {
    try {
      await store.renewEpoch(id);
    } catch (error) {
      // Deleted since it was listed.
      if (error instanceof NoSuchRecord) return;
      throw error;
    }
    renewed += 1;
    onRoom(renewed);
  });
  return renewed;
}
