import { randomBytes } from 'node:crypto';
import type { Millis } from '#libs/kernel';

export type EventType =
  'message' | 'message.edited' | 'message.deleted' | 'reaction' | 'member' | 'room';

/** An event on its way into a room's log. */
export interface NewEvent {
  /** Time-ordered id of the event, unique in the deployment. */
  id: string;
  type: EventType;
  /** User id of who caused it. */
  sender: string;
  /** Client id, 1–64 printable ASCII. `(room, sender, cid)` is unique as long as the event lives. */
  cid: string;
  at: Millis;
  /** For an edit, deletion or reaction: the id of the message it changes. */
  target?: string;
  /** The event as JSON text: an object with at least one field, without `seq`. Kept byte for byte. */
  body: string;
  /** Search terms of a message's text; empty where it is not searchable. May be worked out when first read. */
  readonly terms?: readonly string[];
}

export interface StoredEvent extends Omit<NewEvent, 'terms'> {
  seq: number;
}

/** An event of another store's log, on its way into this one with the number it has there. */
export interface CopiedEvent extends StoredEvent {
  readonly terms?: readonly string[];
}

/** How far a user has read in a room. */
export interface ReadMarker {
  user: string;
  seq: number;
}

/** Where in a room's log a reader stands. Offsets of different epochs do not compare. */
export interface Position {
  /** Changes only when history was lost or restored. */
  epoch: string;
  /** The highest sequence number; 0 in a room without events. */
  head: number;
}

export interface Appended {
  /** The id of the stored event: the first one's, where this is a repeat. */
  id: string;
  seq: number;
  epoch: string;
  /** True where `(room, sender, cid)` was stored before; nothing was stored now. */
  duplicate: boolean;
}

/** `after`: ascending from after+1. `before`: the `limit` highest below it, still ascending. Neither: from `first`. */
export interface ReadRange {
  after?: number;
  before?: number;
  /** ≥ 1 */
  limit: number;
}

export interface LogSlice extends Position {
  /** The lowest sequence number still kept; head+1 in a log without events. Tells "caught up" from "trimmed". */
  first: number;
  /** Ascending by seq, without a hole. */
  events: StoredEvent[];
}

export type RoomKind = 'open' | 'course' | 'group' | 'direct';
export type MemberRole = 'owner' | 'moderator' | 'member';

export interface RoomRecord {
  id: string;
  kind: RoomKind;
  name: string;
  courseId?: string;
  createdAt: Millis;
  createdBy: string;
}

export interface MemberRecord {
  user: string;
  role: MemberRole;
  since: Millis;
}

/** A room as one member sees it. */
export interface Membership {
  room: RoomRecord;
  role: MemberRole;
}

export interface ReadState {
  /** The marker: everything up to here was read. 0 where nothing was. */
  lastReadSeq: number;
  /** Messages (events of type `message`, not deleted) that others wrote above the marker. */
  unread: number;
}

export interface Page {
  /** 1–1000 */
  limit: number;
  /** Exclusive: continue after this key. */
  after?: string;
}

/** A page of hits, newest first (by event id, descending). */
export interface SearchHit {
  room: string;
  event: StoredEvent;
}

/** A new epoch: random, so that no two histories of a room are taken for one. */
export const newEpoch = (): string => randomBytes(6).toString('base64url');
