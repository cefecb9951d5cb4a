import fc from 'fast-check';
import type { ManualClock } from '#libs/kernel';
import type { SessionRecord, SessionState, SessionStore } from '#libs/state';
import {
  canonical,
  command,
  few,
  limit,
  maybe,
  name,
  seconds,
  several,
  small,
  sorted,
} from './command.js';

const id = fc.constantFrom('1', '2', '3', 'x', 'X');
const loaded = fc.constantFrom('l1', 'l2');
const hash = fc.constantFrom('h1', 'h2', 'h3', 'h4', 'h1-next', 'h2-next', 'l1', 'l2');
const rooms = fc.uniqueArray(few, { maxLength: 3 });
const users: Record<string, string> = { 1: 'a', 2: 'A', 3: 'á', x: 'a', X: '课' };
/** A connection's id is unique in the deployment: it never passes to another user. */
const session = fc
  .record({ id, name, node: few, device: maybe(few), since: small })
  .map(({ device, ...rest }): SessionRecord => ({
    ...rest,
    user: users[rest.id] ?? 'a',
    ...(device !== undefined && { device }),
  }));
const arrivals = fc.uniqueArray(fc.record({ session, rooms }), {
  minLength: 1,
  maxLength: 3,
  selector: (one) => one.session.id,
});
const inSeconds = (clock: ManualClock, n: number) => clock.now() + n * 1000;

async function dumped(store: SessionStore, size: number): Promise<SessionState[]> {
  const items: SessionState[] = [];
  for (let after: string | undefined; ;) {
    const page = await store.dump({ limit: size, ...(after !== undefined && { after }) });
    items.push(...page.items);
    if (page.next === null) break;
    after = page.next;
  }
  // When somebody who is here was last here before is asked by nobody, and kept by some stores only.
  const here = new Set(items.flatMap((item) => (item.kind === 'session' ? item.session.user : [])));
  const last = new Map<string, number>();
  for (const item of items)
    if (item.kind === 'seen') last.set(item.user, Math.max(item.at, last.get(item.user) ?? 0));
  const asked = items.filter(
    (item) => item.kind !== 'seen' || (!here.has(item.user) && item.at === last.get(item.user)),
  );
  const told = asked.map((item) =>
    item.kind === 'session' ? { ...item, rooms: [...item.rooms].sort() } : item,
  );
  // At least once: a repeat is no difference.
  return [...new Map(sorted(told).map((item) => [canonical(item), item])).values()];
}

export const sessionCommands = [
  command(
    'session.put',
    { arrivals, ttl: seconds },
    ({ session: store }, given, { clock }) =>
      store?.put(given.arrivals, inSeconds(clock, given.ttl)),
    5,
  ),
  command(
    'session.renew',
    { ids: fc.uniqueArray(id, { minLength: 1, maxLength: 4 }), ttl: seconds },
    async ({ session: store }, { ids, ttl }, { clock }) => {
      const answer = await store?.renew(ids, inSeconds(clock, ttl + 1));
      return answer && { missing: sorted(answer.missing) };
    },
    2,
  ),
  command('session.remove', { ids: several(id, 2) }, ({ session: store }, { ids }, { clock }) =>
    store?.remove(ids, clock.now()),
  ),
  command('session.enter', { id, room: few }, ({ session: store }, { id: of, room }) =>
    store?.enter(of, room),
  ),
  command('session.leave', { id, room: few }, ({ session: store }, { id: of, room }) =>
    store?.leave(of, room),
  ),
  command('session.sessionsOf', { user: name }, ({ session: store }, { user }) =>
    store?.sessionsOf(user),
  ),
  command('session.sessionsIn', { room: few }, ({ session: store }, { room }) =>
    store?.sessionsIn(room),
  ),
  command('session.presenceIn', { room: few }, ({ session: store }, { room }) =>
    store?.presenceIn(room),
  ),
  command(
    'session.presenceOf',
    { users: fc.uniqueArray(name, { minLength: 1 }) },
    ({ session: store }, { users }) => store?.presenceOf(users),
    2,
  ),
  command(
    'session.issueRefresh',
    { ttl: seconds },
    ({ session: store }, { ttl }, { clock, next }) => {
      const n = next();
      const expiresAt = inSeconds(clock, ttl);
      return store?.issueRefresh({ hash: `h${n}`, family: `f${n}`, user: 'u', expiresAt });
    },
    2,
  ),
  command(
    'session.load refresh tokens',
    { hash: loaded, spent: fc.boolean() },
    ({ session: store }, { hash: of, spent }) => {
      // Of one token only this ever changes: whether it is spent.
      const token = { hash: of, family: of, user: 'l', expiresAt: Date.UTC(2026, 1, 1) };
      return store?.load([{ kind: 'refresh', token, spent }]);
    },
  ),
  command('session.rotateRefresh', { hash, ttl: seconds }, ({ session: store }, given, { clock }) =>
    store?.rotateRefresh(given.hash, {
      hash: `${given.hash}-next`,
      expiresAt: inSeconds(clock, given.ttl),
    }),
  ),
  command('session.revokeRefresh', { hash }, ({ session: store }, given) =>
    store?.revokeRefresh(given.hash),
  ),
  command(
    'session.hit',
    { key: name, by: fc.integer({ min: 1, max: 3 }), window: fc.integer({ min: 1, max: 5 }) },
    ({ session: store }, { key, by, window }) => store?.hit(key, by, window * 1000),
    3,
  ),
  command('session.load seen', { user: name, at: small }, ({ session: store }, { user, at }) =>
    store?.load([{ kind: 'seen', user, at }]),
  ),
  command(
    'session.load sessions',
    { session, rooms, ttl: seconds },
    ({ session: store }, given, { clock }) =>
      store?.load([
        {
          kind: 'session',
          session: given.session,
          rooms: given.rooms,
          // What is dumped lives.
          expiresAt: inSeconds(clock, given.ttl + 1),
        },
      ]),
  ),
  command(
    'session.dump',
    { size: limit },
    ({ session: store }, { size }) => store && dumped(store, size),
  ),
];
