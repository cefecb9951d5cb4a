import { setTimeout as pause } from 'node:timers/promises';
import type { Filter } from 'mongodb';
import {
  type MemberRecord,
  type MemberRole,
  type Membership,
  newEpoch,
  NoSuchRecord,
  type Page,
  type Position,
  type ReadMarker,
  type ReadState,
  type RoomKind,
  type RoomRecord,
} from '#libs/state';
import { isDuplicateKey } from './errors.js';
import type { Handle } from './handle.js';
import { roomOf, type RoomDocument } from './log-documents.js';
import type { LogHeads } from './log-heads.js';
import type { LogReader } from './log-reader.js';
import { buryRoom, closeLog, digGrave, fillGrave, sweepGraves } from './log-removal.js';
import { type MarkerDocument, readStatesOf } from './read-states.js';

interface MemberDocument extends MemberRecord {
  _id: string;
  room: string;
  log: string;
}

const pairId = (log: string, user: string): string => `${log}\n${user}`;

const memberOf = ({ user, role, since }: MemberDocument): MemberRecord => ({ user, role, since });

/** Rooms, members and read markers. Members and markers belong to a log: those of another are garbage. */
export class MongoRooms {
  constructor(
    private readonly handle: Handle,
    private readonly heads: LogHeads,
    private readonly reader: LogReader,
  ) {}

  private get rooms() {
    return this.handle.collection<RoomDocument>('rooms');
  }

  private get memberships() {
    return this.handle.collection<MemberDocument>('members');
  }

  private get readMarkers() {
    return this.handle.collection<MarkerDocument>('markers');
  }

  /** The room's document is what makes the room: its members are there before it, and unseen until then. */
  async create(
    room: RoomRecord,
    members: readonly MemberRecord[],
    { epoch, first }: { epoch: string; first: number } = { epoch: newEpoch(), first: 1 },
  ): Promise<{ room: RoomRecord; created: boolean }> {
    const before = await this.rooms.findOne({ _id: room.id });
    if (before) return { room: roomOf(before), created: false };
    const log = newEpoch();
    if (members.length > 0) {
      await digGrave(this.handle, room.id, log);
      const byUser = new Map(members.map((member) => [member.user, member]));
      await this.memberships.insertMany(
        [...byUser.values()].map((member) => ({
          _id: pairId(log, member.user),
          room: room.id,
          log,
          ...member,
        })),
      );
    }
    const { id, ...record } = room;
    try {
      await this.rooms.insertOne({ _id: id, ...record, epoch, log, first });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      await this.memberships.deleteMany({ log });
      await fillGrave(this.handle, log);
      await pause(5); // until a majority has the other's room, and it is read
      return this.create(room, members, { epoch, first });
    }
    if (members.length > 0) await fillGrave(this.handle, log);
    return { room: { ...room }, created: true };
  }

  async room(id: string): Promise<RoomRecord | null> {
    const found = await this.rooms.findOne({ _id: id });
    return found && roomOf(found);
  }

  async rename(id: string, name: string): Promise<RoomRecord> {
    const renamed = await this.rooms.findOneAndUpdate(
      { _id: id },
      { $set: { name } },
      { returnDocument: 'after' },
    );
    if (!renamed) throw new NoSuchRecord(`room ${id}`);
    return roomOf(renamed);
  }

  async renew(id: string): Promise<Position> {
    const { matchedCount } = await this.rooms.updateOne(
      { _id: id },
      { $set: { epoch: newEpoch() } },
    );
    this.heads.forget(id);
    if (matchedCount === 0) throw new NoSuchRecord(`room ${id}`);
    const { epoch, head } = await this.heads.load(id);
    return { epoch, head };
  }

  /** Closing the log is what deletes the room; the rest may be cut off, and is finished by whoever meets it. */
  async delete(id: string): Promise<void> {
    const found = await this.rooms.findOne({ _id: id });
    this.heads.forget(id);
    if (!found) return;
    const { log, epoch, first } = found;
    await digGrave(this.handle, id, log);
    await closeLog(this.handle, id, log, async () => {
      const heads = await this.heads.heads([{ log, epoch, first }]);
      return heads.get(log) ?? first - 1;
    });
    await buryRoom(this.handle, id, log);
    await sweepGraves(this.handle);
  }

  async ofKind(kind: RoomKind, { limit, after }: Page): Promise<RoomRecord[]> {
    const found = await this.rooms
      .find({ kind, ...(after !== undefined && { _id: { $gt: after } }) })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return found.map(roomOf);
  }

  async of(user: string, { limit, after }: Page): Promise<Membership[]> {
    const found: Membership[] = [];
    for (let from = after; ;) {
      const own = await this.memberships
        .find({ user, ...(from !== undefined && { room: { $gt: from } }) })
        .sort({ room: 1 })
        .limit(limit)
        .toArray();
      const rooms = await this.rooms.find({ _id: { $in: own.map(({ room }) => room) } }).toArray();
      const byLog = new Map(rooms.map((room) => [room.log, room]));
      for (const { log, role } of own) {
        const room = byLog.get(log);
        if (room && found.length < limit) found.push({ room: roomOf(room), role });
      }
      from = own.at(-1)?.room;
      if (found.length === limit || own.length < limit) return found;
    }
  }

  async members(room: string, { limit, after }: Page): Promise<MemberRecord[]> {
    return this.reader.inRoom(room, async ({ log }) => {
      const found = await this.memberships
        .find(usersAfter<MemberDocument>(log, after))
        .sort({ user: 1 })
        .limit(limit)
        .toArray();
      return found.map(memberOf);
    });
  }

  async member(room: string, user: string): Promise<MemberRecord | null> {
    return this.reader.inRoom(room, async ({ log }) => {
      const found = await this.memberships.findOne({ _id: pairId(log, user) });
      return found && memberOf(found);
    });
  }

  async putMember(
    room: string,
    { user, role, since }: MemberRecord,
  ): Promise<{ created: boolean; previous: MemberRole | null }> {
    const { log } = await this.heads.document(room);
    const before = await upsert(() =>
      this.memberships.findOneAndUpdate(
        { _id: pairId(log, user) },
        { $set: { role }, $setOnInsert: { room, log, user, since } },
        { upsert: true, returnDocument: 'before' },
      ),
    );
    return { created: !before, previous: before?.role ?? null };
  }

  async removeMember(room: string, user: string): Promise<boolean> {
    const { log } = await this.heads.document(room);
    await this.readMarkers.deleteOne({ _id: pairId(log, user) });
    const { deletedCount } = await this.memberships.deleteOne({ _id: pairId(log, user) });
    return deletedCount > 0;
  }

  async markRead(room: string, user: string, seq: number): Promise<ReadState> {
    const { log, head } = await this.headFor(room, seq);
    const marker = Math.min(seq, head);
    if (marker > 0) {
      await upsert(() =>
        this.readMarkers.updateOne(
          { _id: pairId(log, user) },
          { $max: { seq: marker }, $setOnInsert: { room, log, user } },
          { upsert: true },
        ),
      );
    }
    const state = (await readStatesOf(this.handle, user, [room])).get(room);
    if (!state) throw new NoSuchRecord(`room ${room}`);
    return state;
  }

  /** A head that is at least `seq`, or else the head there is now. */
  private async headFor(room: string, seq: number): Promise<{ log: string; head: number }> {
    const hint = this.heads.hint(room);
    if (!hint || seq > hint.head) return this.heads.load(room);
    const { log } = await this.heads.document(room);
    return log === hint.log ? hint : this.heads.load(room);
  }

  async markers(room: string, { limit, after }: Page): Promise<ReadMarker[]> {
    return this.reader.inRoom(room, async ({ log }) => {
      const found = await this.readMarkers
        .find(usersAfter<MarkerDocument>(log, after))
        .sort({ user: 1 })
        .limit(limit)
        .toArray();
      return found.map(({ user, seq }) => ({ user, seq }));
    });
  }
}

const usersAfter = <T extends { log: string; user: string }>(
  log: string,
  after?: string,
): Filter<T> => ({ log, ...(after !== undefined && { user: { $gt: after } }) }) as Filter<T>;

/** Two upserts of one document that race: the second collides once, and then finds it. */
export async function upsert<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return write();
  }
}
