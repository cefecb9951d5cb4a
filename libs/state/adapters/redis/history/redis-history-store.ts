import {
  type Appended,
  type CopiedEvent,
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
  type Traits,
} from '#libs/state';
import { RedisLink } from '../link.js';
import { checkStorable } from './events.js';
import { Lane } from './lane.js';
import { RedisLog } from './log.js';
import { RedisRooms } from './rooms.js';

/** History on Redis: a stream a room, and one script call a room and commit. */
export class RedisHistoryStore extends HistoryStore {
  readonly adapter = 'redis';
  private readonly link: RedisLink;
  private readonly log: RedisLog;
  private readonly rooms: RedisRooms;
  private readonly appends: Lane;

  constructor(options: StoreOptions) {
    super();
    this.link = new RedisLink(options, 'history');
    this.log = new RedisLog(this.link);
    this.rooms = new RedisRooms(this.link);
    this.appends = new Lane(
      (batch, ms) => this.log.commit(batch, ms),
      this.link.timeoutMs,
      options.onCommit,
    );
  }

  get traits(): Traits {
    return { durable: true, shared: true, expiry: 'lazy', durability: this.link.durability };
  }

  open(): Promise<void> {
    return this.link.open();
  }

  async close(): Promise<void> {
    await this.appends.settled();
    await this.link.close();
  }

  ping(): Promise<void> {
    return this.link.ping();
  }

  inspect(): Promise<Inspection> {
    return this.link.inspect();
  }

  async append(room: string, events: readonly NewEvent[]): Promise<Appended[]> {
    this.checkWrites();
    for (const event of events) checkStorable(event);
    return this.appends.append(room, events);
  }

  read(room: string, range: ReadRange): Promise<LogSlice> {
    return this.log.read(room, range);
  }

  positions(rooms: readonly string[]): Promise<Map<string, Position>> {
    return this.log.positions(rooms);
  }

  async trim(room: string, before: number): Promise<void> {
    return this.writes('trim', () => this.log.trim(room, before));
  }

  event(room: string, id: string): Promise<StoredEvent | null> {
    return this.log.event(room, id);
  }

  changes(room: string, targets: readonly string[]): Promise<StoredEvent[]> {
    return this.log.changes(room, targets);
  }

  async createRoom(
    room: RoomRecord,
    members: readonly MemberRecord[],
  ): Promise<{ room: RoomRecord; created: boolean }> {
    return this.writes('create', () => this.rooms.create(room, members));
  }

  room(id: string): Promise<RoomRecord | null> {
    return this.rooms.find(id);
  }

  async renameRoom(id: string, name: string): Promise<RoomRecord> {
    return this.writes('rename', () => this.rooms.rename(id, name));
  }

  async renewEpoch(id: string): Promise<Position> {
    return this.writes('renewEpoch', () => this.rooms.renew(id));
  }

  async deleteRoom(id: string): Promise<void> {
    return this.writes('delete', () => this.rooms.delete(id));
  }

  roomsOfKind(kind: RoomKind, page: Page): Promise<RoomRecord[]> {
    return this.rooms.ofKind(kind, page);
  }

  roomsOf(user: string, page: Page): Promise<Membership[]> {
    return this.rooms.ofUser(user, page);
  }

  members(room: string, page: Page): Promise<MemberRecord[]> {
    return this.rooms.members(room, page);
  }

  member(room: string, user: string): Promise<MemberRecord | null> {
    return this.rooms.member(room, user);
  }

  async putMember(
    room: string,
    member: MemberRecord,
  ): Promise<{ created: boolean; previous: MemberRole | null }> {
    return this.writes('putMember', () => this.rooms.putMember(room, member));
  }

  async removeMember(room: string, user: string): Promise<boolean> {
    return this.writes('removeMember', () => this.rooms.removeMember(room, user));
  }

  async markRead(room: string, user: string, seq: number): Promise<ReadState> {
    return this.writes('readState', () => this.log.readState(room, user, seq));
  }

  readStates(user: string, rooms: readonly string[]): Promise<Map<string, ReadState>> {
    return this.log.readStates(user, rooms);
  }

  markers(room: string, page: Page): Promise<ReadMarker[]> {
    return this.rooms.markers(room, page);
  }

  async restore(
    room: RoomRecord,
    log: { epoch: string; first: number },
    events: readonly CopiedEvent[],
  ): Promise<Position> {
    for (const event of events) checkStorable(event);
    return this.writes('restore', async () =>
      this.log.restore(room, await this.rooms.announce(room), log, events),
    );
  }

  search(
    rooms: readonly string[],
    terms: readonly string[],
    { limit, after }: Page,
  ): Promise<SearchHit[]> {
    return this.log.search(rooms, terms, limit, after);
  }

  /** One deadline for all its steps. */
  private async writes<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.checkWrites();
    return this.link.call(what, work);
  }

  /** @throws StoreUnavailable where closed, StoreMisconfigured where opened for reading */
  private checkWrites(): void {
    void this.link.client;
    this.link.checkWritable();
  }
}
