import { CorruptRecord, type EventType, type NewEvent, type StoredEvent } from '#libs/state';
import type { Argument } from '../script.js';

/** A stream entry as the server gives it: its id, and names and values in the order they were added in. */
export type Entry = [id: string, fields: string[]];

/** An event as the scripts take it. Terms have no NUL in them, and a target may be empty. */
export function pushEvent(args: Argument[], event: NewEvent): void {
  const { id, type, sender, cid, at, target, body, terms } = event;
  args.push(
    id,
    type,
    sender,
    cid,
    at,
    target === undefined ? '' : `=${target}`,
    body,
    terms === undefined ? '' : terms.join('\0'),
  );
}

/** @throws CorruptRecord */
export function eventOf(entry: Entry | null | undefined): StoredEvent {
  const [key, fields] = entry ?? [];
  if (key === undefined || fields === undefined || fields.length < 12 || fields[0] !== 'i')
    throw new CorruptRecord(`an entry of a room's log is not an event: ${key}`);
  const [, id = '', , type, , sender = '', , cid = '', , at, , body = '', , target] = fields;
  return {
    seq: Number.parseInt(key, 10),
    id,
    type: type as EventType,
    sender,
    cid,
    at: Number(at),
    ...(target !== undefined && { target }),
    body,
  };
}

/** In byte order, as the scripts compare. */
export const compareIds = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other));

/** The lowest and the highest id. Event ids are ASCII, where every order of text is the byte order. */
export function boundsOf(events: Iterable<{ id: string }>): [low: string, high: string] {
  let low: string | undefined;
  let high: string | undefined;
  for (const { id } of events) {
    if (low === undefined || id < low) low = id;
    if (high === undefined || id > high) high = id;
  }
  return [low ?? '', high ?? ''];
}
