import { createHash } from 'node:crypto';
import type { ManualClock } from '#libs/kernel';
import { type DataStore, type Interaction, NoSuchRecord } from '#libs/state';

const did = (id: string, more: Partial<Interaction> = {}): Interaction => ({
  id,
  user: 'u',
  courseId: 'c',
  type: 'view',
  at: 1,
  ...more,
});
const bytes = (text: string) => new TextEncoder().encode(text);

/** Interactions, models, leases and idempotency records. */
export function recordsContract(data: () => DataStore, clock: () => ManualClock): void {
  describe('interactions', () => {
    it('are kept once by id and scanned ascending, page by page', async () => {
      await data().interactions.append([did('2', { type: 'rate', value: 4 }), did('1')]);
      await data().interactions.append([did('2'), did('3')]);
      expect(await data().interactions.count()).toBe(3);
      expect(await data().interactions.scan({ limit: 2 })).toEqual([
        did('1'),
        did('2', { type: 'rate', value: 4 }),
      ]);
      expect(await data().interactions.scan({ limit: 2, after: '2' })).toEqual([did('3')]);
    });

    it('of one user come newest first, ties by id', async () => {
      await data().interactions.append([
        did('1', { at: 5 }),
        did('2', { at: 9 }),
        did('3', { at: 5 }),
        did('4', { user: 'v' }),
      ]);
      expect((await data().interactions.recentOf('u', 2)).map(({ id }) => id)).toEqual(['2', '3']);
      expect(await data().interactions.recentOf('nobody', 2)).toEqual([]);
    });
  });

  describe('models', () => {
    it('are kept under their own hash, once', async () => {
      const sha256 = createHash('sha256').update('blob').digest('hex');
      expect(await data().models.put(bytes('blob'), '{}', 5)).toEqual({
        sha256,
        size: 4,
        createdAt: 5,
        meta: '{}',
      });
      expect(await data().models.put(bytes('blob'), '{"other":1}', 6)).toMatchObject({
        createdAt: 5,
        meta: '{}',
      });
      expect(await data().models.get(sha256)).toEqual(bytes('blob'));
      expect(await data().models.get('none')).toBeNull();
    });

    it('become active only from the one expected, and never by an older fencing token', async () => {
      const [a, b] = [
        await data().models.put(bytes('a'), '', 1),
        await data().models.put(bytes('b'), '', 2),
      ];
      expect(await data().models.active()).toBeNull();
      expect(await data().models.activate(b.sha256, a.sha256, 5)).toBe(false);
      expect(await data().models.activate(null, a.sha256, 5)).toBe(true);
      expect(await data().models.activate(null, b.sha256, 6)).toBe(false);
      expect(await data().models.activate(a.sha256, b.sha256, 4)).toBe(false);
      expect(await data().models.active()).toEqual(a);
      expect(await data().models.activate(a.sha256, b.sha256, 5)).toBe(true);
      await expect(data().models.activate(b.sha256, 'none', 9)).rejects.toThrow(NoSuchRecord);
    });

    it('are listed newest first and can be removed, the active one aside', async () => {
      const [a, b] = [
        await data().models.put(bytes('a'), '', 1),
        await data().models.put(bytes('b'), '', 2),
      ];
      await data().models.activate(null, a.sha256, 1);
      await data().models.remove(a.sha256);
      expect((await data().models.list()).map(({ sha256 }) => sha256)).toEqual([
        b.sha256,
        a.sha256,
      ]);
      await data().models.remove(b.sha256);
      expect(await data().models.list()).toEqual([a]);
    });
  });

  describe('leases', () => {
    const acquire = (owner: string, forMs = 100) =>
      data().leases.acquire('l', owner, clock().now() + forMs);

    it('are held by one owner, who renews with the same fencing token', async () => {
      const [first, second] = await Promise.all([acquire('a'), acquire('b')]);
      expect(first).toMatchObject({ owner: 'a', fencing: 1 });
      expect(second).toBeNull();
      expect(await acquire('a', 500)).toMatchObject({ fencing: 1, expiresAt: clock().now() + 500 });
    });

    it('pass on at their deadline or when given back, with a higher token each time', async () => {
      await acquire('a');
      clock().advance(100);
      expect(await acquire('b')).toMatchObject({ owner: 'b', fencing: 2 });
      await data().leases.release('l', 'a');
      expect(await acquire('a')).toBeNull();
      await data().leases.release('l', 'b');
      expect(await acquire('a')).toMatchObject({ fencing: 3 });
    });
  });

  describe('idempotency records', () => {
    const claim = (fingerprint = 'f') =>
      data().idempotency.claim('k', fingerprint, clock().now() + 100);

    it('are claimed by one of many, the others wait for its answer', async () => {
      const claims = await Promise.all(Array.from({ length: 5 }, () => claim()));
      expect(claims.map(({ state }) => state).sort()).toEqual([
        'claimed',
        'pending',
        'pending',
        'pending',
        'pending',
      ]);
      await data().idempotency.complete('k', 'answer', clock().now() + 1000);
      expect(await claim('other')).toEqual({ state: 'done', fingerprint: 'f', response: 'answer' });
    });

    it('are free again when abandoned or past their deadline', async () => {
      await claim();
      await data().idempotency.abandon('k');
      expect(await claim()).toEqual({ state: 'claimed' });
      clock().advance(100);
      expect(await claim()).toEqual({ state: 'claimed' });
    });
  });
}
