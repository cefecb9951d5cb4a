import { compareCodePoints } from '../data/course-order.js';
import type { HistoryStore } from '../history/history-store.js';
import type { Page, RoomKind, RoomRecord } from '../history/records.js';
import type { SessionState, SessionStore } from '../session/session-store.js';

const kinds: readonly RoomKind[] = ['open', 'course', 'group', 'direct'];

/** How many records are in memory at once, of each of the two stores. */
export const pageSize = 1000;

/** Every item of a list that is paged by `key`. */
export async function* paged<T>(
  read: (page: Page) => Promise<T[]>,
  key: (item: T) => string,
): AsyncGenerator<T> {
  for (let after: string | undefined; ;) {
    const items: T[] = await read({ limit: pageSize, ...(after !== undefined && { after }) });
    yield* items;
    const last = items.at(-1);
    if (last === undefined || items.length < pageSize) return;
    after = key(last);
  }
}

export async function* allRooms(store: HistoryStore): AsyncGenerator<RoomRecord> {
  for (const kind of kinds)
    yield* paged(
      (page) => store.roomsOfKind(kind, page),
      ({ id }) => id,
    );
}

/** In no order; a thing may come twice. */
export async function* allSessions(store: SessionStore): AsyncGenerator<SessionState[]> {
  for (let after: string | null | undefined; after !== null;) {
    const page: Awaited<ReturnType<SessionStore['dump']>> = await store.dump({
      limit: pageSize,
      ...(after !== undefined && { after }),
    });
    if (page.items.length > 0) yield page.items;
    after = page.next;
  }
}

/**
 * Two lists ascending by `key`, side by side. Where the two stores do not order alike, an item that
 * both have comes as two halves: a half is a hint to look, not a proof.
 */
export async function* sideBySide<T>(
  ours: AsyncIterable<T>,
  theirs: AsyncIterable<T>,
  key: (item: T) => string,
): AsyncGenerator<{ ours?: T; theirs?: T }> {
  const [left, right] = [ours[Symbol.asyncIterator](), theirs[Symbol.asyncIterator]()];
  let [one, other] = await Promise.all([left.next(), right.next()]);
  while (!one.done || !other.done) {
    const order = one.done
      ? 1
      : other.done
        ? -1
        : compareCodePoints(key(one.value), key(other.value));
    yield {
      ...(order <= 0 && !one.done && { ours: one.value }),
      ...(order >= 0 && !other.done && { theirs: other.value }),
    };
    const next = await Promise.all([
      order <= 0 ? left.next() : undefined,
      order >= 0 ? right.next() : undefined,
    ]);
    one = next[0] ?? one;
    other = next[1] ?? other;
  }
}

/** `work` for each item, `parallel` at a time; the first error ends it, after those under way. */
export async function eachOf<T>(
  items: AsyncIterable<T>,
  parallel: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  let failed = false;
  let failure: unknown;
  for await (const item of items) {
    const one: Promise<void> = work(item)
      .catch((error: unknown) => {
        failure = failed ? failure : error;
        failed = true;
      })
      .finally(() => underWay.delete(one));
    underWay.add(one);
    if (underWay.size >= parallel) await Promise.race(underWay);
    if (failed) break;
  }
  await Promise.all(underWay);
  if (failed) throw failure;
}
