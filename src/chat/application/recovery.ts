import type { HistoryStore, Position } from '#libs/state';
import { wireJson } from '../domain/events.js';
import type { RoomFeed } from './room-feed.js';

/** A resume that would need more than this is refused: the client reloads over REST. */
export const maxRecovered = 5000;
const readLimit = 1000;

export interface Recovery extends Position {
  recovered: boolean;
  /** Wire JSON of events offset+1 … head; empty where not recovered. */
  events: readonly string[];
  /** seq of the first of them. */
  first: number;
}

/** Reads shared by everyone who resumes one feed from one position at the same time. */
const reads = new WeakMap<RoomFeed, Map<number, Promise<string[] | null>>>();

/**
 * Brings a reader at `offset` of `epoch` up to the feed's position: whole, or not at all. The answer
 * is of the feed's position at the moment it is given; attach in the same turn.
 */
export async function recover(
  feed: RoomFeed,
  history: HistoryStore,
  { epoch, offset }: { epoch: string; offset: number },
): Promise<Recovery> {
  const refused = (): Recovery => ({ ...feed.position, recovered: false, events: [], first: 0 });
  if (epoch !== feed.position.epoch) return refused();
  const found: string[] = [];
  for (;;) {
    const at = offset + found.length;
    // A position from the future: the reader saw what this feed has not heard of yet, or invents it.
    if (at > feed.position.head)
      await feed.reach((await history.positions([feed.room])).get(feed.room) ?? feed.position);
    if (at > feed.position.head || feed.stale) return refused();
    const rest = feed.after(at);
    if (rest) {
      return {
        ...feed.position,
        recovered: true,
        events: found.length > 0 ? found.concat(rest) : rest,
        first: offset + 1,
      };
    }
    const read = await shared(feed, history, at);
    if (!read || found.length + read.length > maxRecovered) return refused();
    found.push(...read);
  }
}

function shared(feed: RoomFeed, history: HistoryStore, after: number): Promise<string[] | null> {
  const ofFeed = reads.get(feed) ?? new Map<number, Promise<string[] | null>>();
  reads.set(feed, ofFeed);
  let read = ofFeed.get(after);
  if (!read) {
    read = readAfter(feed, history, after).finally(() => ofFeed.delete(after));
    ofFeed.set(after, read);
  }
  return read;
}

/** Null where events after `after` were trimmed or belong to another epoch. */
async function readAfter(
  feed: RoomFeed,
  history: HistoryStore,
  after: number,
): Promise<string[] | null> {
  const { epoch, first, events } = await history.read(feed.room, { after, limit: readLimit });
  if (epoch !== feed.position.epoch || first > after + 1 || events.length === 0) return null;
  return events.map(({ seq, body }) => wireJson(seq, body));
}
