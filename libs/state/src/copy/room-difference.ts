import { createHash } from 'node:crypto';
import { NoSuchRecord } from '../errors.js';
import type { HistoryStore } from '../history/history-store.js';
import type { LogSlice, RoomRecord, StoredEvent } from '../history/records.js';
import { markersOf, membersOf } from './member-copy.js';
import { pageSize, sideBySide } from './walk.js';

const fields = ['seq', 'id', 'sender', 'cid', 'at', 'type', 'target', 'body'] as const;

/** What was compared of a room, for who wants to compare two runs: count and hash of its whole log. */
export interface RoomDigest {
  epoch: string;
  first: number;
  head: number;
  events: number;
  /** SHA-256 over every event's seq, id, sender, cid, at, type, target and body, in order; hex. */
  sha256: string;
}

export type Comparison = { difference: string } | { digest: RoomDigest };

/**
 * Compares one room of two stores: record, epoch, first, head, every event, members, markers. Both
 * logs are read page by page and hashed as they go; where the hashes part, the event is named.
 * @param upTo what both must have; events above it are not compared, nor the heads. For a room that
 * is written to all the while, and was copied up to there. Without it the heads have to be equal.
 */
export async function compareRoom(
  from: HistoryStore,
  to: HistoryStore,
  room: RoomRecord,
  upTo?: number,
): Promise<Comparison> {
  const there = await to.room(room.id);
  if (!there) return { difference: `room ${room.id} is missing at the target` };
  try {
    const record = firstOf(room, there, ['kind', 'name', 'courseId', 'createdAt', 'createdBy']);
    if (record) return { difference: `room ${room.id}: ${record}` };
    const log = await compareLog(from, to, room.id, upTo);
    if ('difference' in log) return log;
    const people = await peopleDifference(from, to, room.id);
    return people ? { difference: people } : log;
  } catch (error) {
    if (error instanceof NoSuchRecord)
      return { difference: `room ${room.id} was deleted while it was compared` };
    throw error;
  }
}

async function compareLog(
  from: HistoryStore,
  to: HistoryStore,
  id: string,
  upTo: number | undefined,
): Promise<Comparison> {
  const hash = createHash('sha256');
  let events = 0;
  for (let after = 0; ;) {
    const slice = async (store: HistoryStore) =>
      below(await store.read(id, { after, limit: pageSize }), upTo);
    const [ours, theirs] = await Promise.all([slice(from), slice(to)]);
    const position = firstOf(ours, theirs, ['epoch', 'first', 'head']);
    if (position) return { difference: `room ${id}: ${position}` };
    const [left, right] = [digestOf(ours), digestOf(theirs)];
    if (!left.equals(right)) return { difference: eventDifference(id, ours.events, theirs.events) };
    hash.update(left);
    events += ours.events.length;
    const last = ours.events.at(-1);
    if (last === undefined || last.seq >= ours.head) {
      const { epoch, first, head } = ours;
      return { digest: { epoch, first, head, events, sha256: hash.digest('hex') } };
    }
    after = last.seq;
  }
}

/** The slice as if the log ended at `upTo`. */
function below(slice: LogSlice, upTo = Infinity): LogSlice {
  if (slice.head <= upTo) return slice;
  return { ...slice, head: upTo, events: slice.events.filter(({ seq }) => seq <= upTo) };
}

function digestOf({ events }: LogSlice): Buffer {
  const hash = createHash('sha256');
  for (const event of events) hash.update(`${JSON.stringify(fields.map((name) => event[name]))}\n`);
  return hash.digest();
}

function eventDifference(
  id: string,
  ours: readonly StoredEvent[],
  theirs: readonly StoredEvent[],
): string {
  if (ours.length !== theirs.length && ours.every((event, at) => event.id === theirs[at]?.id))
    return `room ${id}: ${theirs.length} events where the source has ${ours.length}, from seq ${theirs[0]?.seq}`;
  for (const [at, event] of ours.entries()) {
    const other = theirs[at];
    const what = other ? firstOf(event, other, fields) : 'is missing at the target';
    if (what) return `room ${id}, seq ${event.seq}: ${what}`;
  }
  return `room ${id}: an event more at the target, seq ${theirs[ours.length]?.seq}`;
}

async function peopleDifference(
  from: HistoryStore,
  to: HistoryStore,
  id: string,
): Promise<string | null> {
  const user = (item: { user: string }) => item.user;
  for await (const { ours, theirs } of sideBySide(membersOf(from, id), membersOf(to, id), user)) {
    const name = (ours ?? theirs)?.user ?? '';
    const member = ours ?? (await from.member(id, name));
    const other = theirs ?? (await to.member(id, name));
    const what = pair(member, other, ['role', 'since']);
    if (what) return `room ${id}, member ${name}: ${what}`;
  }
  for await (const { ours, theirs } of sideBySide(markersOf(from, id), markersOf(to, id), user)) {
    const name = (ours ?? theirs)?.user ?? '';
    const read = async (store: HistoryStore) =>
      (await store.readStates(name, [id])).get(id)?.lastReadSeq ?? 0;
    const [one, other] = [ours?.seq ?? (await read(from)), theirs?.seq ?? (await read(to))];
    if (one !== other) return `room ${id}, read marker of ${name}: ${other}, at the source ${one}`;
  }
  return null;
}

function pair<T>(ours: T | null, theirs: T | null, names: readonly (keyof T & string)[]) {
  if (ours && theirs) return firstOf(ours, theirs, names);
  if (!ours && !theirs) return null;
  return ours ? 'is missing at the target' : 'is only at the target';
}

/** The first of `names` in which the two differ. What people wrote is not shown. */
function firstOf<T>(ours: T, theirs: T, names: readonly (keyof T & string)[]): string | null {
  const name = names.find((one) => ours[one] !== theirs[one]);
  if (name === undefined) return null;
  if (name === 'body') return 'body differs';
  return `${name} is ${JSON.stringify(theirs[name]) ?? 'absent'}, at the source ${JSON.stringify(ours[name]) ?? 'absent'}`;
}
