import type { CopiedEvent, NewEvent, RoomKind, RoomRecord, StoredEvent } from '#libs/state';

/*
 * How a log is kept.
 *
 * A *batch* is one document with the events that one commit gave to one room: all of them are there
 * or none, without a transaction. Its `_id` is the log and the first number in it, so the batches of
 * a log are tiles laid end to end, and the unique `_id` lets one of two writers that race lay the
 * next. Nobody raises a counter first: a process that dies before its insert leaves nothing, after
 * it a complete batch. The head is the last number of the last batch.
 *
 * (log, sender + cid) and (log, id) are unique multikey indexes over the events of all batches of a
 * log; within one batch the writer sees to it.
 *
 * `log` is a random name that a room gets when it is made and never again. Members and markers hang
 * on it too: a room that was deleted and made anew has nothing of the old one, also where whoever
 * deleted it died on the way.
 *
 * A writer may be slow: it learnt the head, was stopped for a while, and inserts behind numbers that
 * others have used since. It collides, as long as the batch that took its place is still there. So
 * what is trimmed or deleted leaves a *stub* (the document with its numbers, without its events) for
 * `stubsFor`, a writer forgets a head after `headsFor`, and both are far enough apart that clocks
 * need to agree within half an hour only.
 */

/** A batch as young as this is emptied, not removed; ms. */
export const stubsFor = 60 * 60_000;

/** A head that was not confirmed for so long is read again before an insert relies on it; ms. */
export const headsFor = 5 * 60_000;

/** The `last` of the batch that ends a log: its room was deleted, and nothing can follow. */
export const closed = Number.MAX_SAFE_INTEGER;

export interface RoomDocument {
  _id: string;
  kind: RoomKind;
  name: string;
  courseId?: string;
  createdAt: number;
  createdBy: string;
  epoch: string;
  log: string;
  /** The floor: no event below it exists for anyone. Raised before events are removed, never lowered. */
  first: number;
}

export interface EventDocument extends Omit<StoredEvent, 'cid'> {
  /** cid and sender as one text */
  key: string;
  terms?: string[];
}

export interface BatchDocument {
  _id: string;
  log: string;
  room: string;
  first: number;
  last: number;
  /** When it was written, by the writer's clock. */
  at: number;
  events: EventDocument[];
  /** Its events are gone; what stands there keeps the unique indexes apart. */
  stub?: true;
}

/** Ascending as text as the numbers are; 16 digits hold every safe integer. */
export const batchId = (log: string, first: number): string =>
  `${log}/${String(first).padStart(16, '0')}`;

/** A cid has no line break, a sender may. */
export const eventKey = (sender: string, cid: string): string => `${cid}\n${sender}`;
const cidOf = (key: string): string => key.slice(0, key.indexOf('\n'));

export function eventDocument(event: NewEvent | CopiedEvent, seq: number): EventDocument {
  const { id, type, sender, cid, at, target, body, terms = [] } = event;
  return {
    seq,
    id,
    type,
    sender,
    at,
    ...(target !== undefined && { target }),
    body,
    key: eventKey(sender, cid),
    ...(terms.length > 0 && { terms: [...new Set(terms)] }),
  };
}

/** What stands in a batch without events of its own: nothing reads a number 0. */
export const placeholder = (_id: string): EventDocument[] => [
  { seq: 0, id: _id, key: _id, type: 'room', sender: '', at: 0, body: '' },
];

export const storedOf = ({
  seq,
  id,
  type,
  sender,
  key,
  at,
  target,
  body,
}: EventDocument): StoredEvent => ({
  seq,
  id,
  type,
  sender,
  cid: cidOf(key),
  at,
  ...(target !== undefined && { target }),
  body,
});

export const roomOf = ({
  _id,
  kind,
  name,
  courseId,
  createdAt,
  createdBy,
}: RoomDocument): RoomRecord => ({
  id: _id,
  kind,
  name,
  ...(courseId !== undefined && { courseId }),
  createdAt,
  createdBy,
});
