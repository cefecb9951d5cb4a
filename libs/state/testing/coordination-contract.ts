import type { ManualClock } from '#libs/kernel';
import type { DataStore } from '#libs/state';

/** Leases and idempotency records. */
export function coordinationContract(data: () => DataStore, clock: () => ManualClock): void {
  describe('leases', () => {
    const acquire = (owner: string, forMs = 100) =>
      data().leases.acquire('l', owner, clock().now() + forMs);

    it('are held by one owner, who renews with the same fencing token', async () => {
      const both = await Promise.all([acquire('a'), acquire('b')]);
      const [lease, ...more] = both.filter((one) => one !== null);
      expect(more).toEqual([]);
      expect(lease?.fencing).toBe(1);
      const owner = lease?.owner ?? '';
      const renewed = { owner, fencing: 1, expiresAt: clock().now() + 500 };
      expect(await acquire(owner, 500)).toMatchObject(renewed);
      expect(await acquire(owner === 'a' ? 'b' : 'a', 500)).toBeNull();
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
