import {
  type Appended,
  type CopiedEvent,
  GroupCommit,
  HistoryStore,
  type Inspection,
  type LogSlice,
  type MemberRecord,
  type MemberRole,
  type Membership,
  type NewEvent,
  type Page,
  type Position,
  type ReadMarker,
  type ReadRange,
  type ReadState,
  type RoomKind,
  type RoomRecord,
  type SearchHit,
  type StoredEvent,
  type StoreOptions,
  within,
} from '#libs/state';
import { Handle } from './handle.js';
import { inspect } from './inspect.js';
import { LogAppender } from './log-appender.js';
import { LogCopier } from './log-copier.js';
import { LogHeads } from './log-heads.js';
import { LogReader } from './log-reader.js';
import { sweepGraves } from './log-removal.js';
import { MongoRooms } from './mongo-rooms.js';
import { readStatesOf } from './read-states.js';

/** Rooms and their logs; how a log is kept stands in log-documents.ts. */
export class MongoHistoryStore extends HistoryStore {
  readonly adapter = 'mongodb';
  private readonly handle: Handle;
  private readonly heads: LogHeads;
  private readonly reader: LogReader;
  private readonly copier: LogCopier;
  private readonly rooms: MongoRooms;
  private readonly commits: GroupCommit;

  constructor(options: StoreOptions) {
    super();
    this.handle = new Handle(options);
    this.heads = new LogHeads(this.handle);
    this.reader = new LogReader(this.handle, this.heads);
    this.rooms = new MongoRooms(this.handle, this.heads, this.reader);
    this.copier = new LogCopier(this.handle, this.heads, this.rooms);
    const appender = new LogAppender(this.handle, this.heads);
    this.commits = new GroupCommit((batch) => appender.commit(batch), undefined, options.onCommit);
  }

  get traits() {
    return this.handle.traits;
  }

  async open(): Promise<void> {
    await this.handle.enter();
    if (this.handle.options.access !== 'read')
      await this.handle.write(() => sweepGraves(this.handle));
  }

  async close(): Promise<void> {
    await this.commits.settled();
    this.heads.clear();
    await this.handle.leave();
  }

  ping(): Promise<void> {
    return this.handle.ping();
  }

  inspect(): Promise<Inspection> {
    return inspect(this.handle);
  }

  async append(room: string, events: readonly NewEvent[]): Promise<Appended[]> {
    this.handle.checkWritable(); // closed or for reading: refused before it queues
    return within(
      this.handle.timeoutMs,
      `${this.handle.options.variable} (mongodb)`,
      this.commits.append(room, events),
    );
  }

  read(room: string, range: ReadRange): Promise<LogSlice> {
    return this.handle.read(() => this.reader.read(room, range));
  }

  positions(rooms: readonly string[]): Promise<Map<string, Position>> {
    return this.handle.read(() => this.reader.positions(rooms));
  }

  trim(room: string, before: number): Promise<void> {
    return this.handle.write(() => this.copier.trim(room, before));
  }

  event(room: string, id: string): Promise<StoredEvent | null> {
    return this.handle.read(() => this.reader.event(room, id));
  }

  changes(room: string, targets: readonly string[]): Promise<StoredEvent[]> {
    return this.handle.read(() => this.reader.changes(room, targets));
  }

  createRoom(
    room: RoomRecord,
    members: readonly MemberRecord[],
  ): Promise<{ room: RoomRecord; created: boolean }> {
    return this.handle.write(() => this.rooms.create(room, members));
  }

  room(id: string): Promise<RoomRecord | null> {
    return this.handle.read(() => this.rooms.room(id));
  }

  renameRoom(id: string, name: string): Promise<RoomRecord> {
    return this.handle.write(() => this.rooms.rename(id, name));
  }

  renewEpoch(id: string): Promise<Position> {
    return this.handle.write(() => this.rooms.renew(id));
  }

  deleteRoom(id: string): Promise<void> {
    return this.handle.write(() => this.rooms.delete(id));
  }

  roomsOfKind(kind: RoomKind, page: Page): Promise<RoomRecord[]> {
    return this.handle.read(() => this.rooms.ofKind(kind, page));
  }

  roomsOf(user: string, page: Page): Promise<Membership[]> {
    return this.handle.read(() => this.rooms.of(user, page));
  }

  members(room: string, page: Page): Promise<MemberRecord[]> {
    return this.handle.read(() => this.rooms.members(room, page));
  }

  member(room: string, user: string): Promise<MemberRecord | null> {
    return this.handle.read(() => this.rooms.member(room, user));
  }

  putMember(
    room: string,
    member: MemberRecord,
  ): Promise<{ created: boolean; previous: MemberRole | null }> {
    return this.handle.write(() => this.rooms.putMember(room, member));
  }

  removeMember(room: string, user: string): Promise<boolean> {
    return this.handle.write(() => this.rooms.removeMember(room, user));
  }

  markRead(room: string, user: string, seq: number): Promise<ReadState> {
    return this.handle.write(() => this.rooms.markRead(room, user, seq));
  }

  readStates(user: string, rooms: readonly string[]): Promise<Map<string, ReadState>> {
    return this.handle.read(() => readStatesOf(this.handle, user, rooms));
  }

  markers(room: string, page: Page): Promise<ReadMarker[]> {
    return this.handle.read(() => this.rooms.markers(room, page));
  }

  restore(
    room: RoomRecord,
    log: { epoch: string; first: number },
    events: readonly CopiedEvent[],
  ): Promise<Position> {
    return this.handle.write(() => this.copier.restore(room, log, events));
  }

  search(rooms: readonly string[], terms: readonly string[], page: Page): Promise<SearchHit[]> {
    return this.handle.read(() => this.reader.search(rooms, terms, page));
  }
}
