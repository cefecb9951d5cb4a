import { silentLogger, SystemClock } from '#libs/kernel';
import { StoreMisconfigured } from '#libs/state';
import { describeAdapter, event } from '#libs/state/testing';
import { RedisSentinel } from '../../../../test/support/redis/redis-sentinel.js';
import { told } from '../../../../test/support/redis/told.js';
import { until } from '../../../../test/support/until.js';
import { redis } from './index.js';

let sentinel: RedisSentinel;

beforeAll(async () => {
  sentinel = await RedisSentinel.start();
});
afterAll(() => sentinel.dispose());

const options = (url: string) => ({
  url,
  variable: 'TEST_STORE',
  clock: new SystemClock(),
  logger: silentLogger,
  timeoutMs: 2000,
});

describe('behind a Sentinel', () => {
  describeAdapter({ adapter: redis, freshUrl: () => sentinel.freshUrl() });

  it('a primary the Sentinel does not know is named', async () => {
    const url = sentinel.freshUrl().replace('/courses/', '/nobody/');
    await expect(redis.history?.(options(url)).open()).rejects.toThrow(/TEST_STORE .*nobody/);
  });

  it('a replica that is named itself is refused', async () => {
    const store = redis.history?.(options(sentinel.replica.url));
    await expect(store?.open()).rejects.toThrow(StoreMisconfigured);
    await expect(store?.open()).rejects.toThrow(/read-only replica; name the primary/);
  });

  it('the promoted replica is used, with what it has, and hints are heard from it', async () => {
    const url = sentinel.freshUrl();
    const [history, bus] = [redis.history?.(options(url)), redis.bus?.(options(url))];
    await history?.open();
    await bus?.open();
    const room = { id: 'r', kind: 'open', name: 'r', createdAt: 1, createdBy: 'u' } as const;
    await history?.createRoom(room, []);
    const sent = Array.from({ length: 20 }, () => event());
    await history?.append('r', sent);
    await told(sentinel.primary.url, async (client) => {
      expect(await client.wait(1, 5000)).toBe(1);
    });
    const heard: string[] = [];
    await bus?.subscribe('t', (payload) => heard.push(payload));

    await sentinel.primary.kill();
    await until('the replica is promoted and takes the next', async () => {
      const next = await history?.append('r', [event({ cid: 'next' })]).catch(() => undefined);
      return next?.[0]?.seq === 21;
    });
    const { events = [] } = (await history?.read('r', { limit: 100 })) ?? {};
    expect(events.slice(0, 20).map(({ id }) => id)).toEqual(sent.map(({ id }) => id));
    await until('a hint is heard', async () => {
      await bus?.publish('t', 'x').catch(() => undefined); // still on its way to the new primary
      return heard.length > 0;
    });
    await history?.close();
    await bus?.close();
  });
});
