import { CorruptRecord, NoSuchRecord } from '../errors.js';
import type { HistoryStore } from '../history/history-store.js';
import type {
  CopiedEvent,
  LogSlice,
  Position,
  RoomRecord,
  StoredEvent,
} from '../history/records.js';
import { copyMembers } from './member-copy.js';
import { CopyConflict } from './copy-conflict.js';
import { pageSize } from './walk.js';

export interface RoomCopyOptions {
  from: HistoryStore;
  to: HistoryStore;
  /** Search terms are not kept as such: they are worked out again, as when the message was sent. */
  termsOf: (event: StoredEvent) => readonly string[];
  onEvents?: (count: number) => void;
}

/**
 * Makes one room of the target what it is at the source. Every step may be repeated, so a copy that
 * was cut off anywhere is continued by making it again.
 */
export class RoomCopy {
  constructor(private readonly options: RoomCopyOptions) {}

  /**
   * @param replace where the target has the room with another epoch, that one is removed first
   * @returns the position reached, or null where the source has no such room any more
   * @throws CopyConflict
   */
  async copy(room: RoomRecord, replace: boolean): Promise<Position | null> {
    return this.whileThere(room.id, async () => {
      const reached = await this.log(room, replace);
      const stored = await this.options.to.room(room.id);
      if (stored && stored.name !== room.name) await this.options.to.renameRoom(room.id, room.name);
      await copyMembers(this.options.from, this.options.to, room.id);
      return reached;
    });
  }

  /** The log alone, from where the target stands: cheap enough to keep up with senders. */
  async copyLog(room: RoomRecord, replace: boolean): Promise<Position | null> {
    return this.whileThere(room.id, () => this.log(room, replace));
  }

  private async log(room: RoomRecord, replace: boolean): Promise<Position> {
    const { from, to } = this.options;
    let there = await this.there(room.id);
    for (;;) {
      const slice = await from.read(room.id, { after: there?.head ?? 0, limit: pageSize });
      if (there && !(await this.continues(room.id, there, slice, replace))) {
        await to.deleteRoom(room.id);
        there = null;
        continue;
      }
      const current = there && there.first >= slice.first;
      if (!current || slice.events.length > 0) {
        const { head } = await to.restore(room, slice, slice.events.map(this.copied));
        this.options.onEvents?.(head - (there?.head ?? slice.first - 1));
        there = { epoch: slice.epoch, first: slice.first, head };
      }
      if (there && there.head >= slice.head) return { epoch: there.epoch, head: there.head };
      if (slice.events.length === 0)
        throw new CorruptRecord(
          `room ${room.id} of the source has head ${slice.head} but nothing after ${there?.head ?? 0}`,
        );
    }
  }

  /** False where the room has to be copied from its beginning, for what is there leads nowhere. */
  private async continues(
    id: string,
    there: Position,
    slice: LogSlice,
    replace: boolean,
  ): Promise<boolean> {
    if (there.epoch !== slice.epoch) {
      if (replace) return false;
      throw new CopyConflict(
        `room ${id} is at the target with another history (epoch ${there.epoch}, at the source ${slice.epoch})`,
      );
    }
    if (there.head > slice.head)
      throw new CopyConflict(
        `room ${id} has events at the target up to ${there.head}, at the source up to ${slice.head} only: it was written to after it was copied`,
      );
    return slice.first <= there.head + 1;
  }

  private async there(id: string): Promise<(Position & { first: number }) | null> {
    try {
      const { epoch, head, first } = await this.options.to.read(id, { limit: 1 });
      return { epoch, head, first };
    } catch (error) {
      if (error instanceof NoSuchRecord) return null;
      throw error;
    }
  }

  /** `work`, or null where it failed because the room was deleted at the source meanwhile. */
  private async whileThere<T>(id: string, work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof NoSuchRecord && !(await this.options.from.room(id))) return null;
      throw error;
    }
  }

  private readonly copied = (event: StoredEvent): CopiedEvent => {
    const terms = this.options.termsOf(event);
    return terms.length > 0 ? { ...event, terms } : event;
  };
}
