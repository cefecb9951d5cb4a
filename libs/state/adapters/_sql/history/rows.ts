import type { MemberRecord, NewEvent, RoomKind, RoomRecord, StoredEvent } from '#libs/state';
import type { Dialect } from '../dialect.js';
import type { Param } from '../queries.js';

/** The `renewal` of a database whose writers remember nothing of a room. */
export const epochRenewal = 'UPDATE rooms SET epoch = ? WHERE id = ?';

export interface RoomRow {
  id: string;
  kind: RoomKind;
  name: string;
  course_id: string | null;
  created_at: number;
  created_by: string;
}

export const roomFields = ['id', 'kind', 'name', 'course_id', 'created_at', 'created_by'];

export const roomOf = (row: RoomRow): RoomRecord => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  ...(row.course_id !== null && { courseId: row.course_id }),
  createdAt: row.created_at,
  createdBy: row.created_by,
});

export const roomValues = (room: RoomRecord): Param[] => [
  room.id,
  room.kind,
  room.name,
  room.courseId ?? null,
  room.createdAt,
  room.createdBy,
];

export interface MemberRow {
  user_id: string;
  role: MemberRecord['role'];
  since: number;
}

export const memberOf = ({ user_id, role, since }: MemberRow): MemberRecord => ({
  user: user_id,
  role,
  since,
});

export interface EventRow extends Omit<StoredEvent, 'target'> {
  room: string;
  target: string | null;
}

export const eventFields = ['room', 'seq', 'id', 'type', 'sender', 'cid', 'at', 'target', 'body'];

/** What changes messages, where the events have an index by what they change. */
export const changesByTarget = (dialect: Dialect): string =>
  `SELECT ${eventFields.join(', ')} FROM events WHERE room = ? AND ${dialect.among('target')}`;

/** Field by field: a row may carry more than the event. */
export const eventOf = (row: EventRow): StoredEvent => ({
  id: row.id,
  type: row.type,
  sender: row.sender,
  cid: row.cid,
  at: row.at,
  ...(row.target !== null && { target: row.target }),
  body: row.body,
  seq: row.seq,
});

export const eventValues = (room: string, seq: number, event: NewEvent): Param[] => [
  room,
  seq,
  event.id,
  event.type,
  event.sender,
  event.cid,
  event.at,
  event.target ?? null,
  event.body,
];

/** The messages that events of one room, in their order, delete: those after a deletion are not its. */
export function deletedBy(events: readonly NewEvent[]): string[] {
  const places = new Map(events.map(({ id }, at) => [id, at]));
  return events.flatMap(({ type, target }, at) =>
    type === 'message.deleted' && target !== undefined && (places.get(target) ?? -1) < at
      ? [target]
      : [],
  );
}

/** Where a room's log stands. */
export interface Head {
  epoch: string;
  head: number;
  first: number;
}
