import { tokenize } from '#libs/search';
import { compareCodePoints, type HistoryStore, type Page, type RoomKind } from '#libs/state';

const kinds: readonly RoomKind[] = ['open', 'course', 'group', 'direct'];

async function all<T>(read: (page: Page) => Promise<T[]>, key: (item: T) => string): Promise<T[]> {
  const found: T[] = [];
  for (let page = await read({ limit: 100 }); page.length > 0;) {
    found.push(...page);
    const last = page.at(-1) as T;
    page = await read({ limit: 100, after: key(last) });
  }
  // In one order: a store that is only compatible with another may sort surrogates otherwise.
  return found.sort((one, other) => compareCodePoints(key(one), key(other)));
}

/** A history as its port shows it, in one order: equal for two stores that hold the same. */
export async function everything(store: HistoryStore): Promise<object[]> {
  const rooms = [];
  for (const kind of kinds)
    for (const room of await all(
      (page) => store.roomsOfKind(kind, page),
      ({ id }) => id,
    )) {
      const log = await store.read(room.id, { limit: 1000 });
      const messages = log.events.filter(({ type }) => type === 'message').map(({ id }) => id);
      const user = (item: { user: string }) => item.user;
      const found = async (words: string) =>
        (await store.search([room.id], tokenize(words), { limit: 1000 })).map(
          ({ event }) => event.seq,
        );
      rooms.push({
        room,
        log,
        changes: await store.changes(room.id, messages),
        members: await all((page) => store.members(room.id, page), user),
        markers: await all((page) => store.markers(room.id, page), user),
        unread: await store.readStates('cleo', [room.id]),
        found: [await found('机器学习'), await found('number 201'), await found('live')],
      });
    }
  return rooms;
}
