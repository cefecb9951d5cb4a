import type { ManualClock } from '#libs/kernel';
import type { SessionRecord, SessionStore } from '#libs/state';
import { sessionCopyingPromises } from './session-copying.js';
import { factoryOf, optionsFor, type Subject } from './subject.js';
import { storePromises } from './traits.js';

const session = (id: string, user: string, since = 1): SessionRecord => ({
  id,
  user,
  name: user.toUpperCase(),
  node: 'n',
  since,
});

export function sessionContract(subject: Subject): void {
  const make = factoryOf(subject, 'session');

  describe(`sessions on ${subject.adapter.name}`, () => {
    let store: SessionStore;
    let clock: ManualClock;
    const in60s = () => clock.now() + 60_000;
    const arrive = (id: string, user: string, rooms: string[] = [], since = 1) =>
      store.put([{ session: session(id, user, since), rooms }], in60s());

    beforeEach(async () => {
      const options = await optionsFor(subject);
      clock = options.clock;
      store = make(options);
      await store.open();
    });

    afterEach(() => store.close());

    storePromises(subject, make, {
      write: (one) => one.put([{ session: session('s', 'u'), rooms: [] }], Date.UTC(2030, 0)),
      read: async (one) => (await one.sessionsOf('u')).length === 1,
    });

    describe('connections', () => {
      it('are found by user and by room, ascending by id', async () => {
        await arrive('2', 'u', ['r']);
        await arrive('1', 'u', ['r', 'q']);
        await arrive('3', 'v', ['r']);
        expect((await store.sessionsOf('u')).map(({ id }) => id)).toEqual(['1', '2']);
        expect((await store.sessionsIn('r')).map(({ id }) => id)).toEqual(['1', '2', '3']);
        expect(await store.sessionsIn('q')).toEqual([session('1', 'u')]);
      });

      it('enter and leave rooms, and a renewed put replaces the rooms', async () => {
        await arrive('1', 'u', ['a']);
        await store.enter('1', 'b');
        await store.leave('1', 'a');
        expect(await store.sessionsIn('a')).toEqual([]);
        expect(await store.sessionsIn('b')).toHaveLength(1);
        await arrive('1', 'u', ['c']);
        expect(await store.sessionsIn('b')).toEqual([]);
        expect(await store.sessionsIn('c')).toHaveLength(1);
      });

      it('are gone with their deadline, everywhere', async () => {
        await arrive('1', 'u', ['r']);
        clock.advance(60_000);
        expect(await store.sessionsOf('u')).toEqual([]);
        expect(await store.sessionsIn('r')).toEqual([]);
        expect(await store.presenceIn('r')).toEqual([]);
      });

      it('live on when renewed, and those that are gone are named', async () => {
        await arrive('1', 'u');
        clock.advance(50_000);
        expect(await store.renew(['1', 'unknown'], in60s())).toEqual({ missing: ['unknown'] });
        clock.advance(50_000);
        expect(await store.sessionsOf('u')).toHaveLength(1);
        clock.advance(10_000);
        expect(await store.renew(['1'], in60s())).toEqual({ missing: ['1'] });
      });
    });

    describe('presence', () => {
      it('counts a user once, with connections and the oldest since', async () => {
        await arrive('1', 'u', ['r'], 20);
        await arrive('2', 'u', ['r'], 10);
        await arrive('3', 'a', ['r'], 30);
        expect(await store.presenceIn('r')).toEqual([
          { user: 'a', name: 'A', connections: 1, since: 30 },
          { user: 'u', name: 'U', connections: 2, since: 10 },
        ]);
      });

      it('is online until the last connection ends, which is when the user was last seen', async () => {
        await arrive('1', 'u');
        await arrive('2', 'u');
        await store.remove(['1', 'unknown'], clock.now());
        expect((await store.presenceOf(['u'])).get('u')).toEqual({ online: true });
        clock.advance(500);
        await store.remove(['2'], clock.now());
        expect((await store.presenceOf(['u'])).get('u')).toEqual({
          online: false,
          lastSeenAt: clock.now(),
        });
      });

      it('was last seen at the deadline of a connection that nobody ended', async () => {
        await arrive('1', 'u');
        const deadline = in60s();
        clock.advance(90_000);
        expect((await store.presenceOf(['u'])).get('u')).toEqual({
          online: false,
          lastSeenAt: deadline,
        });
      });

      it('answers for every user asked about', async () => {
        expect(await store.presenceOf(['nobody'])).toEqual(
          new Map([['nobody', { online: false }]]),
        );
      });
    });

    describe('refresh tokens', () => {
      const issue = (hash: string, family = 'f') =>
        store.issueRefresh({ hash, family, user: 'u', expiresAt: in60s() });
      const rotate = (hash: string, next: string) =>
        store.rotateRefresh(hash, { hash: next, expiresAt: in60s() });

      it('are spent once and followed by the next of their family', async () => {
        await issue('1');
        expect(await rotate('1', '2')).toEqual({ outcome: 'rotated', user: 'u' });
        expect(await rotate('2', '3')).toEqual({ outcome: 'rotated', user: 'u' });
      });

      it('revoke their whole family when one is used twice, and no other', async () => {
        await issue('1');
        await issue('other', 'g');
        await rotate('1', '2');
        expect(await rotate('1', 'x')).toEqual({ outcome: 'reused', user: 'u' });
        expect(await rotate('2', '3')).toEqual({ outcome: 'unknown' });
        expect(await rotate('other', 'next')).toEqual({ outcome: 'rotated', user: 'u' });
      });

      it('are rotated by one of two that race', async () => {
        await issue('1');
        const outcomes = await Promise.all([rotate('1', 'a'), rotate('1', 'b')]);
        expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['reused', 'rotated']);
      });

      it('are unknown when never issued, revoked or past their deadline', async () => {
        await issue('1');
        await issue('2', 'g');
        await store.revokeRefresh('1');
        await store.revokeRefresh('1');
        clock.advance(60_000);
        expect(await rotate('1', 'x')).toEqual({ outcome: 'unknown' });
        expect(await rotate('2', 'x')).toEqual({ outcome: 'unknown' });
        expect(await rotate('never', 'x')).toEqual({ outcome: 'unknown' });
      });
    });

    sessionCopyingPromises(() => ({
      store,
      clock,
      another: async () => {
        const other = make({ ...(await optionsFor(subject)), clock });
        await other.open();
        return other;
      },
    }));

    describe('counters', () => {
      it('give concurrent hits different counts', async () => {
        const counts = await Promise.all(Array.from({ length: 20 }, () => store.hit('k', 1, 1000)));
        expect(counts.map(({ count }) => count).sort((one, other) => one - other)).toEqual(
          Array.from({ length: 20 }, (_, at) => at + 1),
        );
      });

      it('start again when their window has passed since the first hit', async () => {
        const { resetAt } = await store.hit('k', 2, 1000);
        expect(resetAt).toBe(clock.now() + 1000);
        clock.advance(999);
        expect(await store.hit('k', 1, 1000)).toEqual({ count: 3, resetAt });
        clock.advance(1);
        expect(await store.hit('k', 1, 1000)).toEqual({ count: 1, resetAt: clock.now() + 1000 });
      });

      it('are apart by key', async () => {
        await store.hit('a', 5, 1000);
        expect((await store.hit('b', 1, 1000)).count).toBe(1);
      });
    });
  });
}
