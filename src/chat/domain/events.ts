import { type Millis, newId, toRfc3339 } from '#libs/kernel';
import type { NewMessage, RoomEvent } from '#libs/protocol';
import type { EventType, NewEvent, StoredEvent } from '#libs/state';
import { termsOfText } from './search-terms.js';

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
  target?: string;
}

/** Its own id is its cid, so that it never collides. */
function draft({ type, by, at, fields, target }: Draft): NewEvent {
  const id = newId();
  return {
    id,
    type,
    sender: by.id,
    cid: id,
    at,
    body: JSON.stringify({ type, ...fields, at: toRfc3339(at) }),
    ...(target !== undefined && { target }),
  };
}

/** A message on its way into the log. Its terms are worked out when a store wants them: not every store does. */
class MessageDraft implements NewEvent {
  readonly id = newId();
  readonly type = 'message';
  readonly sender: string;
  readonly cid: string;
  readonly body: string;
  readonly #text: string;

  constructor(
    room: string,
    { id, name }: Actor,
    readonly at: Millis,
    { cid, ...content }: NewMessage,
  ) {
    this.sender = id;
    this.cid = cid;
    this.#text = content.text;
    this.body = JSON.stringify({
      type: this.type,
      id: this.id,
      room,
      sender: { id, name },
      cid,
      ...content,
      at: toRfc3339(at),
    });
  }

  get terms(): readonly string[] {
    return termsOfText(this.#text);
  }
}

export const messageEvent = (room: string, by: Actor, at: Millis, message: NewMessage): NewEvent =>
  new MessageDraft(room, by, at, message);

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

/** seq of an event's JSON on the wire. */
export const seqOf = (wire: string): number => Number(wire.slice(7, wire.indexOf(',')));

/** Who leaves the room by this event, given as wire JSON. Only events of members are parsed. */
export function leaverOf(wire: string): string | undefined {
  if (!wire.startsWith('"type":"member",', wire.indexOf(',') + 1)) return undefined;
  const { user, role } = JSON.parse(wire) as { user: Actor; role: string | null };
  return role === null ? user.id : undefined;
}

export const parseEvent = (event: StoredEvent): RoomEvent =>
  JSON.parse(wireJson(event.seq, event.body)) as RoomEvent;
