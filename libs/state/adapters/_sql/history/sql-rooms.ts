import {
  type MemberRecord,
  type MemberRole,
  type Membership,
  newEpoch,
  NoSuchRecord,
  type Page,
  type Position,
  type ReadMarker,
  type RoomKind,
  type RoomRecord,
  StoreUnavailable,
} from '#libs/state';
import { insertRows } from '../insert-rows.js';
import type { Queries } from '../queries.js';
import type { SqlDatabase } from '../sql-database.js';
import type { SqlHandle } from '../sql-handle.js';
import { makeRoom } from './make-room.js';
import { ofRoom } from './of-room.js';
import { memberOf, type MemberRow, roomFields, roomOf, type RoomRow } from './rows.js';
import { lockRoom } from './trim.js';

const fields = roomFields.map((field) => `rooms.${field}`).join(', ');

/** Rooms and who is in them. Whoever changes members holds the room: none is left of one that is deleted. */
export class SqlRooms {
  constructor(private readonly handle: SqlHandle) {}

  async create(
    room: RoomRecord,
    members: readonly MemberRecord[],
  ): Promise<{ room: RoomRecord; created: boolean }> {
    const { database } = this.handle;
    return database.transaction(async (queries) => {
      const start = { epoch: newEpoch(), head: 0, first: 1 };
      if (await makeRoom(database.dialect, queries, room, start)) {
        for (const member of members) await this.insertMember(queries, room.id, member);
        return { room: { ...room }, created: true };
      }
      const there = await this.find(queries, room.id);
      if (!there) throw new StoreUnavailable(`room ${room.id} was deleted at this moment`);
      return { room: there, created: false };
    });
  }

  async room(id: string): Promise<RoomRecord | null> {
    return (await this.find(this.database, id)) ?? null;
  }

  async rename(id: string, name: string): Promise<RoomRecord> {
    return this.database.transaction(async (queries) => {
      await queries.run('UPDATE rooms SET name = ? WHERE id = ?', [name, id]);
      const room = await this.find(queries, id);
      if (!room) throw new NoSuchRecord(`room ${id}`);
      return room;
    });
  }

  /** @throws NoSuchRecord */
  async renew(id: string, renewal: string): Promise<Position> {
    const { dialect } = this.database;
    return this.database.transaction(async (queries) => {
      await queries.run(renewal, [newEpoch(), id]);
      const position = await queries.get<Position>(
        `SELECT epoch, ${dialect.head('')} AS head FROM rooms WHERE id = ?`,
        [id],
      );
      if (!position) throw new NoSuchRecord(`room ${id}`);
      return position;
    });
  }

  async ofKind(kind: RoomKind, { limit, after = '' }: Page): Promise<RoomRecord[]> {
    const rows = await this.database.all<RoomRow>(
      `SELECT ${fields} FROM rooms WHERE kind = ? AND id > ? ORDER BY id LIMIT ?`,
      [kind, after, limit],
    );
    return rows.map(roomOf);
  }

  async ofUser(user: string, { limit, after = '' }: Page): Promise<Membership[]> {
    const rows = await this.database.all<RoomRow & { role: MemberRole }>(
      `SELECT ${fields}, members.role FROM members JOIN rooms ON rooms.id = members.room
        WHERE members.user_id = ? AND members.room > ? ORDER BY members.room LIMIT ?`,
      [user, after, limit],
    );
    return rows.map((row) => ({ room: roomOf(row), role: row.role }));
  }

  async members(room: string, { limit, after = '' }: Page): Promise<MemberRecord[]> {
    const { rows } = await ofRoom<MemberRow>(
      this.database,
      room,
      'user_id',
      'SELECT room, user_id, role, since FROM members WHERE room = ? AND user_id > ? ORDER BY user_id LIMIT ?',
      [room, after, limit],
    );
    return rows.map(memberOf);
  }

  async member(room: string, user: string): Promise<MemberRecord | null> {
    const { rows } = await ofRoom<MemberRow>(
      this.database,
      room,
      'user_id',
      'SELECT room, user_id, role, since FROM members WHERE room = ? AND user_id = ?',
      [room, user],
    );
    return rows.map(memberOf)[0] ?? null;
  }

  async put(
    room: string,
    member: MemberRecord,
  ): Promise<{ created: boolean; previous: MemberRole | null }> {
    return this.database.transaction(async (queries) => {
      await lockRoom(this.database, queries, room);
      const before = await queries.get<{ role: MemberRole }>(
        'SELECT role FROM members WHERE room = ? AND user_id = ?',
        [room, member.user],
      );
      await this.insertMember(queries, room, member);
      return { created: !before, previous: before?.role ?? null };
    });
  }

  async remove(room: string, user: string): Promise<boolean> {
    return this.database.transaction(async (queries) => {
      await lockRoom(this.database, queries, room);
      const [markers, members] = ['markers', 'members'].map(
        (table) => `DELETE FROM ${table} WHERE room = ? AND user_id = ?`,
      ) as [string, string];
      await queries.run(markers, [room, user]);
      return (await queries.run(members, [room, user])) > 0;
    });
  }

  async markers(room: string, { limit, after = '' }: Page): Promise<ReadMarker[]> {
    const { rows } = await ofRoom<{ user_id: string; seq: number }>(
      this.database,
      room,
      'user_id',
      'SELECT room, user_id, seq FROM markers WHERE room = ? AND user_id > ? ORDER BY user_id LIMIT ?',
      [room, after, limit],
    );
    return rows.map(({ user_id, seq }) => ({ user: user_id, seq }));
  }

  private get database(): SqlDatabase {
    return this.handle.database;
  }

  private async find(queries: Queries, id: string): Promise<RoomRecord | undefined> {
    const row = await queries.get<RoomRow>(`SELECT ${fields} FROM rooms WHERE id = ?`, [id]);
    return row && roomOf(row);
  }

  private async insertMember(
    queries: Queries,
    room: string,
    { user, role, since }: MemberRecord,
  ): Promise<void> {
    const { dialect } = this.handle;
    await insertRows(
      queries,
      dialect,
      {
        table: 'members',
        columns: ['room', 'user_id', 'role', 'since'],
        ending: dialect.orReplace(['room', 'user_id'], ['role']),
      },
      [[room, user, role, since]],
    );
  }
}
