import { Store } from '../store.js';
import type {
  Appended,
  CopiedEvent,
  LogSlice,
  MemberRecord,
  MemberRole,
  Membership,
  NewEvent,
  Page,
  Position,
  ReadMarker,
  ReadRange,
  ReadState,
  RoomKind,
  RoomRecord,
  SearchHit,
  StoredEvent,
} from './records.js';

/**
 * Rooms and, per room, an ordered, gapless, durable log of events.
 *
 * Sequence numbers of a room start at 1, rise by 1 with no gaps and are *commit-visible*: whoever
 * reads n can read every number below it that is not trimmed. Every method of a room that does not
 * exist throws NoSuchRecord, reads of the room record itself aside.
 */
export abstract class HistoryStore extends Store {
  /**
   * Appends events in the given order and answers in that order. Resolves only when all are as
   * durable as the adapter's trait says. A repeat of `(room, sender, cid)` - also within one call -
   * returns the first append's id, seq and epoch with `duplicate: true` and stores nothing.
   * All or nothing per call; calls made by one process for one room are committed in call order.
   * Many callers' appends share commits (group commit).
   * @throws StoreUnavailable - the events may or may not be stored; a repeat finds out.
   */
  abstract append(room: string, events: readonly NewEvent[]): Promise<Appended[]>;
  /** A slice of the log with the position it was read at, both of one moment. */
  abstract read(room: string, range: ReadRange): Promise<LogSlice>;
  /** Positions of many rooms in one round trip; rooms that do not exist are absent. */
  abstract positions(rooms: readonly string[]): Promise<Map<string, Position>>;
  /** Forgets events with seq < `before`. Never lowers `head`; their cids may then be used again. */
  abstract trim(room: string, before: number): Promise<void>;
  /** The stored event of this id in this room, or null. */
  abstract event(room: string, id: string): Promise<StoredEvent | null>;
  /** Every event whose `target` is among `targets`, ascending by seq. */
  abstract changes(room: string, targets: readonly string[]): Promise<StoredEvent[]>;

  /** Creates a room with its first members and a new epoch; where the id exists gives the stored one, `created: false`. */
  abstract createRoom(
    room: RoomRecord,
    members: readonly MemberRecord[],
  ): Promise<{ room: RoomRecord; created: boolean }>;
  abstract room(id: string): Promise<RoomRecord | null>;
  abstract renameRoom(id: string, name: string): Promise<RoomRecord>;
  /** Removes the room, its members, markers and log. Idempotent. */
  abstract deleteRoom(id: string): Promise<void>;
  /** Rooms of one kind, ascending by id. */
  abstract roomsOfKind(kind: RoomKind, page: Page): Promise<RoomRecord[]>;
  /** Rooms this user is a member of, ascending by room id. */
  abstract roomsOf(user: string, page: Page): Promise<Membership[]>;

  /** Ascending by user id. */
  abstract members(room: string, page: Page): Promise<MemberRecord[]>;
  abstract member(room: string, user: string): Promise<MemberRecord | null>;
  /** Adds or changes; `since` of a member who was there stays. */
  abstract putMember(
    room: string,
    member: MemberRecord,
  ): Promise<{ created: boolean; previous: MemberRole | null }>;
  /** True where there was such a member. The read marker goes too. */
  abstract removeMember(room: string, user: string): Promise<boolean>;

  /** Raises the marker to min(seq, head); a lower value changes nothing. */
  abstract markRead(room: string, user: string, seq: number): Promise<ReadState>;
  /** Read states of one user in many rooms, one round trip; rooms that do not exist are absent. */
  abstract readStates(user: string, rooms: readonly string[]): Promise<Map<string, ReadState>>;

  /** Read markers of a room, ascending by user id. */
  abstract markers(room: string, page: Page): Promise<ReadMarker[]>;
  /**
   * Copies a stretch of another store's log, so that clients resume across the move. Makes the room
   * where it does not exist, empty, with `epoch` and starting at `first`; raises `first` where it is
   * lower here, as trim does. Events at or below the head are taken as copied before; those above it
   * keep their seq and must continue the head without a hole. One transaction or an idempotent
   * sequence: a copy that was cut off is repeated. Gives the position reached.
   * @throws AlreadyExists where the room is here with another epoch, CorruptRecord at a hole
   */
  abstract restore(
    room: RoomRecord,
    log: { epoch: string; first: number },
    events: readonly CopiedEvent[],
  ): Promise<Position>;

  /**
   * Gives the room another epoch and leaves all else, numbers included: clients that resume then load
   * anew. For a store that was restored from a backup, before a server opens it again; a process that
   * has it open may answer with the old epoch for some minutes. Gives the position.
   */
  abstract renewEpoch(room: string): Promise<Position>;

  /**
   * Messages not deleted in `rooms` that hold every one of `terms`, newest first; `after` is an event id.
   * Without terms nothing is looked for, and nothing found.
   */
  abstract search(
    rooms: readonly string[],
    terms: readonly string[],
    page: Page,
  ): Promise<SearchHit[]>;
}
