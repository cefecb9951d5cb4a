import type { ManualClock } from '#libs/kernel';
import type { SessionRecord, SessionState, SessionStore } from '#libs/state';

const session = (id: string, user: string): SessionRecord => ({
  id,
  user,
  name: user.toUpperCase(),
  node: 'n',
  device: 'phone',
  since: 1,
});

/** The whole walk, in pages of `limit`. */
export async function walk(store: SessionStore, limit = 3): Promise<SessionState[]> {
  const found: SessionState[] = [];
  for (let after: string | null | undefined; after !== null;) {
    const page = await store.dump({ limit, ...(after !== undefined && { after }) });
    found.push(...page.items);
    after = page.next;
  }
  return found;
}

/** One of each key: a walk may show a thing twice. In an order of its own, rooms too. */
function once(items: readonly SessionState[]): SessionState[] {
  const byKey = new Map(
    items.map((item) => [
      item.kind === 'session'
        ? `1 ${item.session.id}`
        : item.kind === 'seen'
          ? `2 ${item.user}`
          : `3 ${item.token.hash}`,
      item.kind === 'session' ? { ...item, rooms: [...item.rooms].sort() } : item,
    ]),
  );
  return [...byKey].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, item]) => item);
}

/** What SessionStore promises to who copies it. `another` is a second, empty store. */
export function sessionCopyingPromises(
  own: () => { store: SessionStore; clock: ManualClock; another: () => Promise<SessionStore> },
): void {
  const in60s = () => own().clock.now() + 60_000;
  const token = (hash: string, family = 'f') => ({ hash, family, user: 'u', expiresAt: in60s() });
  const next = (hash: string) => ({ hash, expiresAt: in60s() });

  /** Sessions of two users, one that was seen, a family with a spent and a live token. */
  async function fill(): Promise<SessionState[]> {
    const { store, clock } = own();
    for (const [id, user, rooms] of [
      ['1', 'u', ['a', 'b']],
      ['2', 'u', []],
      ['3', 'v', ['a']],
      ['4', 'gone', ['a']],
    ] as const)
      await store.put([{ session: session(id, user), rooms }], in60s());
    await store.remove(['4'], clock.now());
    await store.issueRefresh(token('spent'));
    await store.rotateRefresh('spent', next('live'));
    return once([
      { kind: 'session', session: session('1', 'u'), rooms: ['a', 'b'], expiresAt: in60s() },
      { kind: 'session', session: session('2', 'u'), rooms: [], expiresAt: in60s() },
      { kind: 'session', session: session('3', 'v'), rooms: ['a'], expiresAt: in60s() },
      { kind: 'seen', user: 'gone', at: clock.now() },
      { kind: 'refresh', token: token('spent'), spent: true },
      { kind: 'refresh', token: token('live'), spent: false },
    ]);
  }

  describe('dump and load', () => {
    it('walk over everything kept, page by page, and end', async () => {
      expect(await walk(own().store)).toEqual([]);
      const filled = await fill();
      expect(once(await walk(own().store, 1))).toEqual(filled);
      expect(once(await walk(own().store, 1000))).toEqual(filled);
    });

    it('show what lives through the whole walk, whatever comes and goes meanwhile', async () => {
      const { store, clock } = own();
      const ids = Array.from({ length: 40 }, (_, at) => `s${at}`);
      const put = (id: string) => store.put([{ session: session(id, id), rooms: [] }], in60s());
      for (const id of ids) await put(id);
      const seen = new Set<string>();
      let after: string | undefined;
      for (let page = 0; ; page += 1) {
        const { items, next: from } = await store.dump({
          limit: 5,
          ...(after !== undefined && { after }),
        });
        for (const item of items) if (item.kind === 'session') seen.add(item.session.id);
        if (from === null) break;
        after = from;
        await put(`new${page}`);
        await store.remove([`s${page}`], clock.now());
      }
      const stayed = await Promise.all(ids.map((id) => store.sessionsOf(id)));
      for (const { id } of stayed.flat()) expect(seen).toContain(id);
    });

    it('leave out what has passed its deadline; its user was seen then', async () => {
      await fill();
      const deadline = in60s();
      own().clock.advance(60_000);
      const left = await walk(own().store);
      expect(left.filter(({ kind }) => kind !== 'seen')).toEqual([]);
      expect((await own().store.presenceOf(['v'])).get('v')).toEqual({
        online: false,
        lastSeenAt: deadline,
      });
    });

    it('carry everything over to another store', async () => {
      const filled = await fill();
      const other = await own().another();
      await other.load(await walk(own().store));
      expect(once(await walk(other))).toEqual(filled);
      expect(await other.sessionsIn('a')).toEqual([session('1', 'u'), session('3', 'v')]);
      expect(await other.sessionsOf('u')).toHaveLength(2);
      expect((await other.presenceOf(['gone'])).get('gone')).toEqual({
        online: false,
        lastSeenAt: own().clock.now(),
      });
      await other.close();
    });

    it('load twice as once', async () => {
      const filled = await fill();
      const other = await own().another();
      const items = await walk(own().store);
      await other.load(items);
      await other.load(items);
      await other.load([]);
      expect(once(await walk(other))).toEqual(filled);
      await other.close();
    });

    it('replace a session that is here', async () => {
      const { store } = own();
      await store.put([{ session: session('1', 'u'), rooms: ['a'] }], in60s());
      const expiresAt = in60s() + 5;
      await store.load([{ kind: 'session', session: session('1', 'u'), rooms: ['b'], expiresAt }]);
      expect(await store.sessionsIn('a')).toEqual([]);
      expect(await walk(store)).toEqual([
        { kind: 'session', session: session('1', 'u'), rooms: ['b'], expiresAt },
      ]);
    });

    it('keep the later of two times a user was seen', async () => {
      const { store } = own();
      const seenAt = async () => (await store.presenceOf(['u'])).get('u')?.lastSeenAt;
      await store.load([{ kind: 'seen', user: 'u', at: 5 }]);
      await store.load([{ kind: 'seen', user: 'u', at: 3 }]);
      expect(await seenAt()).toBe(5);
      await store.load([{ kind: 'seen', user: 'u', at: 7 }]);
      expect(await seenAt()).toBe(7);
    });

    it('leave a spent token spent, whichever of the two stores spent it', async () => {
      const { store } = own();
      await store.issueRefresh(token('1'));
      await store.rotateRefresh('1', next('2'));
      await store.load([{ kind: 'refresh', token: token('1'), spent: false }]);
      await store.load([{ kind: 'refresh', token: token('3', 'g'), spent: false }]);
      await store.load([{ kind: 'refresh', token: token('3', 'g'), spent: true }]);
      expect(await store.rotateRefresh('1', next('x'))).toEqual({ outcome: 'reused', user: 'u' });
      expect(await store.rotateRefresh('3', next('x'))).toEqual({ outcome: 'reused', user: 'u' });
    });

    it('let loaded tokens be rotated once, and a second use revoke their whole family', async () => {
      await fill();
      const other = await own().another();
      await other.load(await walk(own().store));
      expect(await other.rotateRefresh('live', next('after'))).toEqual({
        outcome: 'rotated',
        user: 'u',
      });
      expect(await other.rotateRefresh('spent', next('x'))).toEqual({
        outcome: 'reused',
        user: 'u',
      });
      expect(await other.rotateRefresh('after', next('x'))).toEqual({ outcome: 'unknown' });
      await other.close();
    });
  });
}
