import { type Millis, newId, toRfc3339 } from '#libs/kernel';
import type { NewMessage, RoomEvent } from '#libs/protocol';
import type { EventType, NewEvent, StoredEvent } from '#libs/state';

/** Who does something, as events name them. */
export interface Actor {
  id: string;
  name: string;
}

interface Draft {
  type: EventType;
  room: string;
  by: Actor;
  at: Millis;
  /** The event's own fields on the wire, without `type`, `seq`, `at`. */
  fields: Record<string, unknown>;
  /** Absent: the event's own id, so that it never collides. */
  cid?: string;
  id?: string;
  target?: string;
  terms?: readonly string[];
}

function draft({ type, by, at, fields, cid, id = newId(), target, terms }: Draft): NewEvent {
  return {
    id,
    type,
    sender: by.id,
    cid: cid ?? id,
    at,
    body: JSON.stringify({ type, ...fields, at: toRfc3339(at) }),
    ...(target !== undefined && { target }),
    ...(terms && { terms }),
  };
}

export function messageEvent(
  room: string,
  by: Actor,
  at: Millis,
  message: NewMessage,
  terms: readonly string[],
): NewEvent {
  const id = newId();
  const { cid, ...content } = message;
  return draft({
    type: 'message',
    room,
    by,
    at,
    id,
    cid,
    terms,
    fields: { id, room, sender: { id: by.id, name: by.name }, cid, ...content },
  });
}

export const editedEvent = (
  room: string,
  by: Actor,
  at: Millis,
  target: string,
  text: string,
): NewEvent =>
  draft({ type: 'message.edited', room, by, at, target, fields: { target, text, by: by.id } });

export const deletedEvent = (room: string, by: Actor, at: Millis, target: string): NewEvent =>
  draft({ type: 'message.deleted', room, by, at, target, fields: { target, by: by.id } });

export const reactionEvent = (
  room: string,
  by: Actor,
  at: Millis,
  target: string,
  emoji: string,
  on: boolean,
): NewEvent =>
  draft({ type: 'reaction', room, by, at, target, fields: { target, emoji, on, by: by.id } });

export const memberEvent = (
  room: string,
  by: Actor,
  at: Millis,
  user: Actor,
  role: string | null,
): NewEvent =>
  draft({
    type: 'member',
    room,
    by,
    at,
    fields: { user: { id: user.id, name: user.name }, role, by: by.id },
  });

export const renamedEvent = (room: string, by: Actor, at: Millis, name: string): NewEvent =>
  draft({ type: 'room', room, by, at, fields: { name, by: by.id } });

/** The event's JSON on the wire. Its body is kept without `seq`, which only the commit knows. */
export const wireJson = (seq: number, body: string): string => `{"seq":${seq},${body.slice(1)}`;

export const parseEvent = (event: StoredEvent): RoomEvent =>
  JSON.parse(wireJson(event.seq, event.body)) as RoomEvent;
