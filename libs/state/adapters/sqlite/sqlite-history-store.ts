import {
  type Appended,
  GroupCommit,
  HistoryStore,
  type LogSlice,
  type MemberRecord,
  type MemberRole,
  type Membership,
  newEpoch,
  type NewEvent,
  NoSuchRecord,
  type Page,
  type Position,
  type ReadRange,
  type ReadState,
  type RoomKind,
  type RoomRecord,
  type SearchHit,
  type StoredEvent,
  type StoreOptions,
} from '#libs/state';
import { Handle, sqliteTraits } from './handle.js';
import { eventColumns, eventOf, type EventRow, SqliteLog } from './sqlite-log.js';

interface RoomRow {
  id: string;
  kind: RoomKind;
  name: string;
  course_id: string | null;
  created_at: number;
  created_by: string;
}

const roomColumns = 'id, kind, name, course_id, created_at, created_by';

const roomOf = ({ id, kind, name, course_id, created_at, created_by }: RoomRow): RoomRecord => ({
  id,
  kind,
  name,
  ...(course_id !== null && { courseId: course_id }),
  createdAt: created_at,
  createdBy: created_by,
});

/** The value of a read state: messages of others, not deleted, above the marker. */
const readStateSql = `SELECT rooms.id AS room, coalesce(markers.seq, 0) AS lastReadSeq,
  (SELECT count(*) FROM events WHERE events.room = rooms.id AND events.seq > coalesce(markers.seq, 0)
    AND type = 'message' AND deleted = 0 AND sender <> @user) AS unread
  FROM rooms LEFT JOIN markers ON markers.room = rooms.id AND markers.user = @user
  WHERE rooms.id IN (SELECT value FROM json_each(@rooms))`;

export class SqliteHistoryStore extends HistoryStore {
  readonly adapter = 'sqlite';
  readonly traits = sqliteTraits;
  private readonly handle: Handle;
  private readonly log: SqliteLog;
  private readonly commits: GroupCommit;

  constructor(options: StoreOptions) {
    super();
    this.handle = new Handle(options);
    this.log = new SqliteLog(this.handle);
    this.commits = new GroupCommit((batch) => this.log.commit(batch));
  }

  private get file() {
    return this.handle.file;
  }

  async open(): Promise<void> {
    await this.handle.enter();
  }

  async close(): Promise<void> {
    await this.commits.settled();
    await this.handle.leave();
  }

  async ping(): Promise<void> {
    this.file.get('SELECT 1');
  }

  async append(room: string, events: readonly NewEvent[]): Promise<Appended[]> {
    this.file.checkWritable(); // closed or for reading: refused before it queues
    return this.commits.append(room, events);
  }

  async read(room: string, range: ReadRange): Promise<LogSlice> {
    return this.file.snapshot(() => this.log.read(room, range));
  }

  async positions(rooms: readonly string[]): Promise<Map<string, Position>> {
    const rows = this.file.all<Position & { id: string }>(
      'SELECT id, epoch, head FROM rooms WHERE id IN (SELECT value FROM json_each(?))',
      [JSON.stringify(rooms)],
    );
    return new Map(rows.map(({ id, epoch, head }) => [id, { epoch, head }]));
  }

  async trim(room: string, before: number): Promise<void> {
    this.log.trim(room, before);
  }

  async event(room: string, id: string): Promise<StoredEvent | null> {
    this.log.existing(room);
    const row = this.file.get<EventRow>(
      `SELECT ${eventColumns} FROM events WHERE room = ? AND id = ?`,
      [room, id],
    );
    return row ? eventOf(row) : null;
  }

  async changes(room: string, targets: readonly string[]): Promise<StoredEvent[]> {
    this.log.existing(room);
    const sql = `SELECT ${eventColumns} FROM events WHERE room = ? AND target IN (SELECT value FROM json_each(?)) ORDER BY seq`;
    return this.file.all<EventRow>(sql, [room, JSON.stringify(targets)]).map(eventOf);
  }

  async createRoom(
    room: RoomRecord,
    members: readonly MemberRecord[],
  ): Promise<{ room: RoomRecord; created: boolean }> {
    return this.file.write(() => {
      const before = this.find(room.id);
      if (before) return { room: before, created: false };
      const { id, kind, name, courseId = null, createdAt, createdBy } = room;
      this.file.run(`INSERT INTO rooms (${roomColumns}, epoch) VALUES (?, ?, ?, ?, ?, ?, ?)`, [
        id,
        kind,
        name,
        courseId,
        createdAt,
        createdBy,
        newEpoch(),
      ]);
      for (const member of members) this.insertMember(id, member);
      return { room: { ...room }, created: true };
    });
  }

  async room(id: string): Promise<RoomRecord | null> {
    return this.find(id) ?? null;
  }

  async renameRoom(id: string, name: string): Promise<RoomRecord> {
    return this.file.write(() => {
      this.file.run('UPDATE rooms SET name = ? WHERE id = ?', [name, id]);
      const room = this.find(id);
      if (!room) throw new NoSuchRecord(`room ${id}`);
      return room;
    });
  }

  async deleteRoom(id: string): Promise<void> {
    this.file.write(() => {
      for (const table of ['event_terms', 'events', 'markers', 'members'])
        this.file.run(`DELETE FROM ${table} WHERE room = ?`, [id]);
      this.file.run('DELETE FROM rooms WHERE id = ?', [id]);
    });
  }

  async roomsOfKind(kind: RoomKind, { limit, after = '' }: Page): Promise<RoomRecord[]> {
    return this.file
      .all<RoomRow>(
        `SELECT ${roomColumns} FROM rooms WHERE kind = ? AND id > ? ORDER BY id LIMIT ?`,
        [kind, after, limit],
      )
      .map(roomOf);
  }

  async roomsOf(user: string, { limit, after = '' }: Page): Promise<Membership[]> {
    const rows = this.file.all<RoomRow & { role: MemberRole }>(
      `SELECT ${roomColumns}, role FROM members JOIN rooms ON rooms.id = members.room WHERE user = ? AND room > ? ORDER BY room LIMIT ?`,
      [user, after, limit],
    );
    return rows.map(({ role, ...row }) => ({ room: roomOf(row), role }));
  }

  async members(room: string, { limit, after = '' }: Page): Promise<MemberRecord[]> {
    this.log.existing(room);
    return this.file.all<MemberRecord>(
      'SELECT user, role, since FROM members WHERE room = ? AND user > ? ORDER BY user LIMIT ?',
      [room, after, limit],
    );
  }

  async member(room: string, user: string): Promise<MemberRecord | null> {
    this.log.existing(room);
    return (
      this.file.get<MemberRecord>(
        'SELECT user, role, since FROM members WHERE room = ? AND user = ?',
        [room, user],
      ) ?? null
    );
  }

  async putMember(
    room: string,
    member: MemberRecord,
  ): Promise<{ created: boolean; previous: MemberRole | null }> {
    return this.file.write(() => {
      this.log.existing(room);
      const before = this.file.get<{ role: MemberRole }>(
        'SELECT role FROM members WHERE room = ? AND user = ?',
        [room, member.user],
      );
      this.insertMember(room, member);
      return { created: !before, previous: before?.role ?? null };
    });
  }

  async removeMember(room: string, user: string): Promise<boolean> {
    return this.file.write(() => {
      this.log.existing(room);
      this.file.run('DELETE FROM markers WHERE room = ? AND user = ?', [room, user]);
      return this.file.run('DELETE FROM members WHERE room = ? AND user = ?', [room, user]) > 0;
    });
  }

  async markRead(room: string, user: string, seq: number): Promise<ReadState> {
    return this.file.write(() => {
      const marker = Math.min(seq, this.log.existing(room).head);
      if (marker > 0) {
        this.file.run(
          'INSERT INTO markers (room, user, seq) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET seq = max(seq, excluded.seq)',
          [room, user, marker],
        );
      }
      return this.states(user, [room]).get(room) ?? { lastReadSeq: 0, unread: 0 };
    });
  }

  async readStates(user: string, rooms: readonly string[]): Promise<Map<string, ReadState>> {
    return this.states(user, rooms);
  }

  async search(
    rooms: readonly string[],
    terms: readonly string[],
    { limit, after }: Page,
  ): Promise<SearchHit[]> {
    const rows = this.file.all<EventRow>(
      `SELECT ${eventColumns} FROM events WHERE type = 'message' AND deleted = 0 AND (@after IS NULL OR id < @after)
        AND (room, seq) IN (
          SELECT room, seq FROM event_terms WHERE room IN (SELECT value FROM json_each(@rooms))
          AND term IN (SELECT value FROM json_each(@terms)) GROUP BY room, seq HAVING count(*) = @count)
        ORDER BY id DESC LIMIT @limit`,
      {
        after: after ?? null,
        rooms: JSON.stringify(rooms),
        terms: JSON.stringify(terms),
        count: new Set(terms).size,
        limit,
      },
    );
    return rows.map((row) => ({ room: row.room, event: eventOf(row) }));
  }

  private states(user: string, rooms: readonly string[]): Map<string, ReadState> {
    const rows = this.file.all<ReadState & { room: string }>(readStateSql, {
      user,
      rooms: JSON.stringify(rooms),
    });
    return new Map(rows.map(({ room, lastReadSeq, unread }) => [room, { lastReadSeq, unread }]));
  }

  private find(id: string): RoomRecord | undefined {
    const row = this.file.get<RoomRow>(`SELECT ${roomColumns} FROM rooms WHERE id = ?`, [id]);
    return row && roomOf(row);
  }

  private insertMember(room: string, { user, role, since }: MemberRecord): void {
    this.file.run(
      'INSERT INTO members (room, user, role, since) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET role = excluded.role',
      [room, user, role, since],
    );
  }
}
