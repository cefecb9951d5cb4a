import { CorruptRecord, type EventType, type NewEvent, type StoredEvent } from '#libs/state';
import type { Argument } from '../script.js';

/** A stream entry as the server gives it: its id, and a header and a body of each event; see log.lua.ts. */
export type Entry = [id: string, events: string[]];

/** What scripts give of single events: seq, header, body, one after the other. */
export type Flat = (number | string)[];

/** What separates the parts of a kept event, and so cannot be in one. */
const separators = /[\n\0]/;

/** @throws CorruptRecord where an event could not be read again */
export function checkStorable({ id, sender, cid }: NewEvent): void {
  if (separators.test(id) || separators.test(sender) || separators.test(cid))
    throw new CorruptRecord(
      `the ids of event ${JSON.stringify(id)} have a line break or NUL in them`,
    );
}

/** An event as the scripts take it; see log.lua.ts. */
export function pushEvent(args: Argument[], event: NewEvent): void {
  const { id, type, sender, cid, at, target, body } = event;
  const header = `${id}\n${type}\n${sender}\n${cid}\n${at}`;
  args.push(
    `c${sender}\n${cid}`,
    `i${id}`,
    target === undefined ? header : `${header}\n${target}`,
    body,
    type === 'message' ? termsOf(event) : '',
    target === undefined ? '' : `${type === 'message.deleted' ? '!' : '='}${target}`,
  );
}

/** Each with a NUL behind it: a term is found between two of them. */
function termsOf({ terms }: NewEvent): string {
  return terms === undefined || terms.length === 0 ? '' : `${terms.join('\0')}\0`;
}

/** @throws CorruptRecord */
function eventOf(seq: number, header: string | undefined, body: string | undefined): StoredEvent {
  const [id, type, sender, cid, at, ...rest] = header?.split('\n') ?? [];
  if (id === undefined || at === undefined || body === undefined)
    throw new CorruptRecord(`event ${seq} of a room's log is not there or not an event`);
  return {
    seq,
    id,
    type: type as EventType,
    sender: sender ?? '',
    cid: cid ?? '',
    at: Number(at),
    ...(rest.length > 0 && { target: rest.join('\n') }),
    body,
  };
}

/** The events from one number to another. @throws CorruptRecord where one is missing */
export function eventsIn(entries: readonly Entry[], from: number, to: number): StoredEvent[] {
  const found: StoredEvent[] = [];
  for (const [id, fields] of entries) {
    let seq = Number.parseInt(id, 10) - fields.length / 2;
    for (let at = 0; at < fields.length; at += 2) {
      seq += 1;
      if (seq >= from && seq <= to) found.push(eventOf(seq, fields[at], fields[at + 1]));
    }
  }
  if (found.length !== Math.max(0, to - from + 1))
    throw new CorruptRecord(`a room's log lacks events between ${from} and ${to}`);
  return found;
}

export function eventsOf(flat: Flat): StoredEvent[] {
  const found: StoredEvent[] = [];
  for (let at = 0; at < flat.length; at += 3)
    found.push(eventOf(Number(flat[at]), flat[at + 1]?.toString(), flat[at + 2]?.toString()));
  return found;
}

/** In byte order, as the scripts compare. */
export const compareIds = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other));
