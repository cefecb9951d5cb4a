import {
  type Appended,
  type CopiedEvent,
  defaultTimeoutMs,
  GroupCommit,
  HistoryStore,
  type Inspection,
  type LogSlice,
  type MemberRecord,
  type MemberRole,
  type Membership,
  type NewEvent,
  type Page,
  type PendingAppend,
  type Position,
  type ReadMarker,
  type ReadRange,
  type ReadState,
  type RoomKind,
  type RoomRecord,
  type SearchHit,
  type StoredEvent,
  type StoreOptions,
  type Traits,
  within,
} from '#libs/state';
import type { Param } from '../queries.js';
import type { SqlDatabase } from '../sql-database.js';
import { type Opener, SqlHandle } from '../sql-handle.js';
import { deleteRoom } from './delete-room.js';
import type { HistoryDialect } from './history-dialect.js';
import { ofRoom } from './of-room.js';
import { markRead, readStates } from './read-states.js';
import { restoreLog } from './restore.js';
import { eventFields, eventOf, type EventRow } from './rows.js';
import { SqlRooms } from './sql-rooms.js';
import { distinctTerms } from './terms.js';
import { trimLog } from './trim.js';

const fields = eventFields.join(', ');

/** The HistoryStore of every SQL database; how it writes its log is its `history`. */
export class SqlHistoryStore<D extends SqlDatabase> extends HistoryStore {
  readonly adapter: string;
  private readonly handle: SqlHandle<D>;
  private readonly rooms: SqlRooms;
  private readonly queue: GroupCommit;
  private readonly timeoutMs: number;

  constructor(
    opener: Opener<D>,
    options: StoreOptions,
    private readonly history: HistoryDialect<D>,
  ) {
    super();
    this.adapter = opener.name;
    this.handle = new SqlHandle(opener, options);
    this.rooms = new SqlRooms(this.handle);
    this.timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    this.queue = new GroupCommit((batch) => this.commit(batch), undefined, options.onCommit);
  }

  get traits(): Traits {
    return this.handle.traits;
  }

  open(): Promise<void> {
    return this.handle.open();
  }

  async close(): Promise<void> {
    await this.queue.settled();
    await this.handle.close();
  }

  ping(): Promise<void> {
    return this.handle.ping();
  }

  inspect(): Promise<Inspection> {
    return this.handle.inspect();
  }

  async append(room: string, events: readonly NewEvent[]): Promise<Appended[]> {
    this.database.checkWritable(); // closed or for reading: refused before it queues
    return within(this.timeoutMs, `the append to room ${room}`, this.queue.append(room, events));
  }

  async read(room: string, { after = 0, before, limit }: ReadRange): Promise<LogSlice> {
    const [range, edge, order] = before === undefined ? ['>', after, 'ASC'] : ['<', before, 'DESC'];
    const { rows, ...position } = await this.found(
      room,
      `SELECT ${fields} FROM events WHERE room = ? AND seq ${range} ? ORDER BY seq ${order} LIMIT ?`,
      [room, edge, limit],
    );
    return { ...position, events: rows };
  }

  async positions(rooms: readonly string[]): Promise<Map<string, Position>> {
    const { dialect } = this.handle;
    const rows = await this.database.all<Position & { id: string }>(
      `SELECT id, epoch, ${dialect.head('')} AS head FROM rooms WHERE ${dialect.among('id')}`,
      [dialect.list(rooms)],
    );
    return new Map(rows.map(({ id, epoch, head }) => [id, { epoch, head }]));
  }

  async trim(room: string, before: number): Promise<void> {
    await this.inTime(`trimming room ${room}`, trimLog(this.database, this.history, room, before));
  }

  async event(room: string, id: string): Promise<StoredEvent | null> {
    const sql = `SELECT ${fields} FROM events WHERE room = ? AND id = ?`;
    return (await this.found(room, sql, [room, id])).rows[0] ?? null;
  }

  async changes(room: string, targets: readonly string[]): Promise<StoredEvent[]> {
    const { dialect } = this.handle;
    const sql = this.history.changes(dialect);
    return (await this.found(room, sql, [room, dialect.list(targets)])).rows;
  }

  async createRoom(
    room: RoomRecord,
    members: readonly MemberRecord[],
  ): Promise<{ room: RoomRecord; created: boolean }> {
    return this.rooms.create(room, members);
  }

  async room(id: string): Promise<RoomRecord | null> {
    return this.rooms.room(id);
  }

  async renameRoom(id: string, name: string): Promise<RoomRecord> {
    return this.rooms.rename(id, name);
  }

  async renewEpoch(id: string): Promise<Position> {
    return this.inTime(
      `renewing the epoch of room ${id}`,
      this.rooms.renew(id, this.history.renewal),
    );
  }

  async deleteRoom(id: string): Promise<void> {
    await this.inTime(`deleting room ${id}`, deleteRoom(this.database, this.history, id));
  }

  async roomsOfKind(kind: RoomKind, page: Page): Promise<RoomRecord[]> {
    return this.rooms.ofKind(kind, page);
  }

  async roomsOf(user: string, page: Page): Promise<Membership[]> {
    return this.rooms.ofUser(user, page);
  }

  async members(room: string, page: Page): Promise<MemberRecord[]> {
    return this.rooms.members(room, page);
  }

  async member(room: string, user: string): Promise<MemberRecord | null> {
    return this.rooms.member(room, user);
  }

  async putMember(
    room: string,
    member: MemberRecord,
  ): Promise<{ created: boolean; previous: MemberRole | null }> {
    return this.rooms.put(room, member);
  }

  async removeMember(room: string, user: string): Promise<boolean> {
    return this.rooms.remove(room, user);
  }

  async markRead(room: string, user: string, seq: number): Promise<ReadState> {
    return this.inTime('marking what was read', markRead(this.database, room, user, seq));
  }

  async readStates(user: string, rooms: readonly string[]): Promise<Map<string, ReadState>> {
    return readStates(this.database, user, rooms);
  }

  async markers(room: string, page: Page): Promise<ReadMarker[]> {
    return this.rooms.markers(room, page);
  }

  async restore(
    room: RoomRecord,
    log: { epoch: string; first: number },
    events: readonly CopiedEvent[],
  ): Promise<Position> {
    return this.inTime(
      `restoring room ${room.id}`,
      restoreLog(this.database, this.history, room, log, events),
    );
  }

  async search(
    rooms: readonly string[],
    terms: readonly string[],
    page: Page,
  ): Promise<SearchHit[]> {
    const { database } = this;
    const wanted = distinctTerms(terms);
    if (rooms.length === 0 || wanted.length === 0) return [];
    const rows = await this.history.search(database, [...new Set(rooms)], wanted, page);
    return rows.map((row) => ({ room: row.room, event: eventOf(row) }));
  }

  /** What was appended while the store was being closed is refused, too. */
  private async commit(batch: readonly PendingAppend[]): Promise<void> {
    try {
      await this.history.commit(this.database, batch);
    } catch (error) {
      for (const pending of batch) pending.reject(error as Error);
    }
  }

  private get database(): D {
    return this.handle.database;
  }

  private async found(room: string, sql: string, params: readonly Param[]) {
    const found = await ofRoom<EventRow>(this.database, room, 'seq', sql, params);
    return { ...found, rows: found.rows.map(eventOf) };
  }

  /** What takes several round trips has the deadline of one call all the same. */
  private inTime<T>(what: string, work: Promise<T>): Promise<T> {
    return within(this.timeoutMs, what, work);
  }
}
