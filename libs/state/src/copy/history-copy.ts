import type { HistoryStore } from '../history/history-store.js';
import type { Position, RoomRecord } from '../history/records.js';
import { type RoomCopyOptions, RoomCopy } from './room-copy.js';
import { CopyConflict } from './copy-conflict.js';
import { allRooms, eachOf } from './walk.js';

export interface HistoryCopyOptions extends Omit<RoomCopyOptions, 'onEvents'> {
  /** Also removes rooms from the target that the source does not have, and replaces those of another epoch. */
  mirror?: boolean;
  /** Rooms under way at once. Default 4. */
  parallel?: number;
  onProgress?: (progress: CopyProgress) => void;
}

/** Since the copy was made. */
export interface CopyProgress {
  /** Rooms of the pass under way that are done; of how many is not known before its end. */
  rooms: number;
  events: number;
  removed: number;
}

/** How many rooms are asked about at once. */
const batch = 1000;

/**
 * Copies every room, and keeps up. What one run copied it may also remove again when the source
 * does; what it found at the target it removes only where `mirror` says so.
 */
export class HistoryCopy {
  readonly progress: CopyProgress = { rooms: 0, events: 0, removed: 0 };
  private readonly from: HistoryStore;
  private readonly to: HistoryStore;
  private readonly rooms: RoomCopy;
  /** What this run copied: room → where the copy stands. */
  private readonly copied = new Map<string, Position & { name: string }>();

  constructor(private readonly options: HistoryCopyOptions) {
    this.from = options.from;
    this.to = options.to;
    this.rooms = new RoomCopy({
      ...options,
      onEvents: (count) => {
        this.progress.events += count;
        options.onProgress?.(this.progress);
      },
    });
  }

  /**
   * Everything: logs, names, members, markers, rooms that are gone.
   * @throws CopyConflict after all rooms without one are copied
   */
  async pass(): Promise<void> {
    this.progress.rooms = 0;
    const seen = new Set<string>();
    const conflicts: CopyConflict[] = [];
    await eachOf(allRooms(this.from), this.options.parallel ?? 4, async (room) => {
      seen.add(room.id);
      await this.room(room, () => this.rooms.copy(room, this.mayReplace(room.id))).catch(
        (error: unknown) => {
          if (!(error instanceof CopyConflict)) throw error;
          conflicts.push(error);
        },
      );
      this.progress.rooms += 1;
      this.options.onProgress?.(this.progress);
    });
    await this.removeGone(seen);
    if (conflicts.length > 0) throw summary(conflicts);
  }

  /** New events and new rooms only: what is asked of the source is its list of rooms and their heads. */
  async keepUp(): Promise<void> {
    const behind: RoomRecord[] = [];
    let asked: RoomRecord[] = [];
    const ask = async () => {
      const heads = await this.from.positions(asked.map(({ id }) => id));
      behind.push(...asked.filter((room) => !this.isCurrent(room, heads.get(room.id))));
      asked = [];
    };
    for await (const room of allRooms(this.from)) {
      asked.push(room);
      if (asked.length === batch) await ask();
    }
    await ask();
    await eachOf(each(behind), this.options.parallel ?? 4, async (room) => {
      const known = this.copied.get(room.id);
      const whole = known?.name !== room.name;
      await this.room(room, () =>
        whole
          ? this.rooms.copy(room, this.mayReplace(room.id))
          : this.rooms.copyLog(room, this.mayReplace(room.id)),
      );
    });
  }

  /** One room again, whole; gives the head reached, null where the source has it no more. @throws CopyConflict */
  async again(id: string): Promise<number | null> {
    const room = await this.from.room(id);
    if (!room) return null;
    return this.room(room, () => this.rooms.copy(room, this.mayReplace(id)));
  }

  private async room(
    room: RoomRecord,
    copy: () => Promise<Position | null>,
  ): Promise<number | null> {
    const reached = await copy();
    if (reached) this.copied.set(room.id, { ...reached, name: room.name });
    else await this.remove(room.id);
    return reached?.head ?? null;
  }

  private isCurrent(room: RoomRecord, now: Position | undefined): boolean {
    const known = this.copied.get(room.id);
    return known?.epoch === now?.epoch && known?.head === now?.head && known?.name === room.name;
  }

  private mayReplace(id: string): boolean {
    return this.options.mirror === true || this.copied.has(id);
  }

  private async removeGone(seen: ReadonlySet<string>): Promise<void> {
    for (const id of [...this.copied.keys()])
      if (!seen.has(id) && !(await this.from.room(id))) await this.remove(id);
    if (!this.options.mirror) return;
    for await (const { id } of allRooms(this.to))
      if (!seen.has(id) && !(await this.from.room(id))) await this.remove(id);
  }

  private async remove(id: string): Promise<void> {
    await this.to.deleteRoom(id);
    this.copied.delete(id);
    this.progress.removed += 1;
  }
}

function summary(conflicts: readonly CopyConflict[]): CopyConflict {
  const [first, ...rest] = conflicts;
  const more = rest.length > 0 ? `; and ${rest.length} more like it` : '';
  return new CopyConflict(`${first?.message}${more}`);
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
