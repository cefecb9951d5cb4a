import {
  AlreadyExists,
  type Appended,
  compareCodePoints,
  type CopiedEvent,
  HistoryStore,
  type Inspection,
  type LogSlice,
  type MemberRecord,
  type MemberRole,
  type Membership,
  newEpoch,
  type NewEvent,
  NoSuchRecord,
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
} from '#libs/state';
import { Gate, memoryInspection, memoryTraits } from './base.js';
import { MemoryRoom } from './memory-room.js';

/** Bytes of history kept before the oldest half of the largest room is forgotten. */
const maxBytes = 256 * 1024 * 1024;

const paged = <T>(items: Iterable<T>, key: (item: T) => string, { limit, after }: Page): T[] =>
  [...items]
    .filter((item) => after === undefined || compareCodePoints(key(item), after) > 0)
    .sort((one, other) => compareCodePoints(key(one), key(other)))
    .slice(0, limit);

export class MemoryHistoryStore extends HistoryStore {
  readonly adapter = 'memory';
  readonly traits = memoryTraits;
  private readonly gate: Gate;
  private readonly rooms = new Map<string, MemoryRoom>();
  private bytes = 0;

  constructor(
    private readonly options: StoreOptions,
    private readonly bound = maxBytes,
  ) {
    super();
    this.gate = new Gate(options);
  }

  async open(): Promise<void> {
    this.gate.enter();
  }

  async close(): Promise<void> {
    this.gate.leave();
    this.rooms.clear();
  }

  async ping(): Promise<void> {
    this.gate.check();
  }

  async inspect(): Promise<Inspection> {
    this.gate.check();
    return memoryInspection();
  }

  async append(room: string, events: readonly NewEvent[]): Promise<Appended[]> {
    const log = this.existing(room);
    const results = this.weighed(log, () => events.map((event) => log.append(event)));
    this.options.onCommit?.(events.length);
    return results;
  }

  async read(room: string, range: ReadRange): Promise<LogSlice> {
    return this.existing(room).read(range);
  }

  async positions(rooms: readonly string[]): Promise<Map<string, Position>> {
    return this.each(rooms, ({ epoch, head }) => ({ epoch, head }));
  }

  async trim(room: string, before: number): Promise<void> {
    const log = this.existing(room);
    this.weighed(log, () => log.trim(before));
  }

  async event(room: string, id: string): Promise<StoredEvent | null> {
    return this.existing(room).event(id);
  }

  async changes(room: string, targets: readonly string[]): Promise<StoredEvent[]> {
    return this.existing(room).changes(targets);
  }

  async createRoom(
    room: RoomRecord,
    members: readonly MemberRecord[],
  ): Promise<{ room: RoomRecord; created: boolean }> {
    this.gate.check();
    const existing = this.rooms.get(room.id);
    if (existing) return { room: { ...existing.record }, created: false };
    const made = new MemoryRoom({ ...room }, { epoch: newEpoch(), first: 1 });
    for (const member of members) made.members.set(member.user, { ...member });
    this.rooms.set(room.id, made);
    return { room: { ...room }, created: true };
  }

  async room(id: string): Promise<RoomRecord | null> {
    this.gate.check();
    const found = this.rooms.get(id);
    return found ? { ...found.record } : null;
  }

  async renameRoom(id: string, name: string): Promise<RoomRecord> {
    const room = this.existing(id);
    room.record = { ...room.record, name };
    return { ...room.record };
  }

  async renewEpoch(id: string): Promise<Position> {
    const room = this.existing(id);
    room.epoch = newEpoch();
    return { epoch: room.epoch, head: room.head };
  }

  async deleteRoom(id: string): Promise<void> {
    this.gate.check();
    this.bytes -= this.rooms.get(id)?.bytes ?? 0;
    this.rooms.delete(id);
  }

  async roomsOfKind(kind: RoomKind, page: Page): Promise<RoomRecord[]> {
    this.gate.check();
    const records = [...this.rooms.values()]
      .map(({ record }) => record)
      .filter((record) => record.kind === kind);
    return paged(records, ({ id }) => id, page).map((record) => ({ ...record }));
  }

  async roomsOf(user: string, page: Page): Promise<Membership[]> {
    this.gate.check();
    const own = [...this.rooms.values()].flatMap(({ record, members }) => {
      const member = members.get(user);
      return member ? [{ room: { ...record }, role: member.role }] : [];
    });
    return paged(own, ({ room }) => room.id, page);
  }

  async members(room: string, page: Page): Promise<MemberRecord[]> {
    return paged(this.existing(room).members.values(), ({ user }) => user, page).map((member) => ({
      ...member,
    }));
  }

  async member(room: string, user: string): Promise<MemberRecord | null> {
    const member = this.existing(room).members.get(user);
    return member ? { ...member } : null;
  }

  async putMember(
    room: string,
    member: MemberRecord,
  ): Promise<{ created: boolean; previous: MemberRole | null }> {
    const { members } = this.existing(room);
    const before = members.get(member.user);
    members.set(member.user, { ...member, since: before?.since ?? member.since });
    return { created: !before, previous: before?.role ?? null };
  }

  async removeMember(room: string, user: string): Promise<boolean> {
    const { members, markers } = this.existing(room);
    markers.delete(user);
    return members.delete(user);
  }

  async markRead(room: string, user: string, seq: number): Promise<ReadState> {
    const log = this.existing(room);
    const before = log.markers.get(user) ?? 0;
    const marker = Math.max(before, Math.min(seq, log.head));
    if (marker > before) log.markers.set(user, marker);
    return log.readState(user);
  }

  async readStates(user: string, rooms: readonly string[]): Promise<Map<string, ReadState>> {
    return this.each(rooms, (room) => room.readState(user));
  }

  async markers(room: string, page: Page): Promise<ReadMarker[]> {
    const markers = [...this.existing(room).markers].map(([user, seq]) => ({ user, seq }));
    return paged(markers, ({ user }) => user, page);
  }

  async restore(
    room: RoomRecord,
    log: { epoch: string; first: number },
    events: readonly CopiedEvent[],
  ): Promise<Position> {
    this.gate.check();
    const into = this.rooms.get(room.id) ?? new MemoryRoom({ ...room }, log);
    if (into.epoch !== log.epoch) throw new AlreadyExists(`room ${room.id}, in another epoch,`);
    this.weighed(into, () => {
      into.restore(log.first, events);
      this.rooms.set(room.id, into);
    });
    return { epoch: into.epoch, head: into.head };
  }

  async search(
    rooms: readonly string[],
    terms: readonly string[],
    { limit, after }: Page,
  ): Promise<SearchHit[]> {
    this.gate.check();
    if (terms.length === 0) return [];
    const hits: SearchHit[] = [];
    for (const id of new Set(rooms)) {
      for (const event of this.rooms.get(id)?.matching(terms) ?? []) {
        if (after === undefined || compareCodePoints(event.id, after) < 0)
          hits.push({ room: id, event });
      }
    }
    return hits
      .sort((one, other) => compareCodePoints(other.event.id, one.event.id))
      .slice(0, limit);
  }

  private existing(room: string): MemoryRoom {
    this.gate.check();
    const found = this.rooms.get(room);
    if (!found) throw new NoSuchRecord(`room ${room}`);
    return found;
  }

  private each<T>(rooms: readonly string[], of: (room: MemoryRoom) => T): Map<string, T> {
    this.gate.check();
    return new Map(
      [...new Set(rooms)].flatMap((id) => {
        const room = this.rooms.get(id);
        return room ? [[id, of(room)] as const] : [];
      }),
    );
  }

  /** Keeps count of the bytes that `work` adds to a room or takes from it, and within the bound. */
  private weighed<T>(room: MemoryRoom, work: () => T): T {
    const before = room.bytes;
    const result = work();
    this.bytes += room.bytes - before;
    if (this.bytes > this.bound) this.shrink();
    return result;
  }

  private shrink(): void {
    while (this.bytes > this.bound) {
      const [largest] = [...this.rooms.values()].sort((one, other) => other.bytes - one.bytes);
      if (!largest || largest.first > largest.head) return;
      this.bytes -= largest.bytes;
      largest.trim(largest.first + Math.max(1, (largest.head - largest.first + 1) >> 1));
      this.bytes += largest.bytes;
    }
  }
}
