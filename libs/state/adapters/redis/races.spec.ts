import { ManualClock, silentLogger } from '#libs/kernel';
import type { HistoryStore, SessionRecord, SessionStore } from '#libs/state';
import { event } from '#libs/state/testing';
import { told } from '../../../../test/support/redis/told.js';
import { servers } from '../../../../test/support/servers/index.js';
import { redis } from './index.js';

const room = (id: string) =>
  ({ id, kind: 'open', name: id, createdAt: 1, createdBy: 'u' }) as const;
const member = (user: string) => ({ user, role: 'member', since: 1 }) as const;
const session = (id: string, user: string): SessionRecord => ({
  id,
  user,
  name: user,
  node: 'n',
  since: 1,
});
const hour = 3_600_000;

describe('processes that share a Redis', () => {
  let clock: ManualClock;
  let url: string;
  let stores: { open(): Promise<void>; close(): Promise<void> }[];
  const prefix = () => new URL(url).searchParams.get('prefix') ?? '';
  const options = () => ({ url, variable: 'TEST_STORE', clock, logger: silentLogger });

  beforeEach(async () => {
    clock = new ManualClock();
    url = await servers.redis.freshUrl();
    stores = [];
  });
  afterEach(() => Promise.all(stores.map((store) => store.close())));

  async function opened<S extends { open(): Promise<void>; close(): Promise<void> }>(
    make: ((given: ReturnType<typeof options>) => S) | undefined,
  ): Promise<S> {
    if (!make) throw new Error('redis serves history and sessions');
    const store = make(options());
    await store.open();
    stores.push(store);
    return store;
  }

  describe('and change who is a member', () => {
    let one: HistoryStore;
    let other: HistoryStore;

    beforeEach(async () => {
      [one, other] = [await opened(redis.history), await opened(redis.history)];
    });

    it('agree with the list of a user’s rooms, whoever came and went last', async () => {
      await one.createRoom(room('r'), []);
      for (let round = 0; round < 150; round += 1) {
        await Promise.allSettled([
          one.putMember('r', member('u')),
          other.removeMember('r', 'u'),
          other.putMember('r', member('u')),
          one.removeMember('r', 'u'),
        ]);
        const is = (await one.member('r', 'u')) !== null;
        expect((await other.roomsOf('u', { limit: 5 })).length).toBe(is ? 1 : 0);
      }
    });

    it('agree with the list of a kind’s rooms, whoever made and removed one last', async () => {
      for (let round = 0; round < 100; round += 1) {
        await Promise.allSettled([
          one.createRoom(room('r'), [member('u')]),
          other.deleteRoom('r'),
          other.createRoom(room('r'), [member('u')]),
          one.deleteRoom('r'),
        ]);
        const is = (await one.room('r')) !== null;
        expect((await other.roomsOfKind('open', { limit: 5 })).length).toBe(is ? 1 : 0);
        expect((await one.roomsOf('u', { limit: 5 })).length).toBe(is ? 1 : 0);
      }
    });

    it('are not misled by what one that died had begun, and clear it away in time', async () => {
      await one.createRoom(room('m'), [member('u')]);
      const index = `${prefix()}:u:{u}`;
      const nonce = `${clock.now().toString(36)}.abc`;
      for (const id of ['a', 'b', 'z'])
        await told(servers.redis.url, async (client) => {
          await client.zadd(index, 0, id);
          await client.hset(`${index}:n`, id, nonce);
        });
      const rooms = async () => (await other.roomsOf('u', { limit: 2 })).map((own) => own.room.id);
      expect(await rooms()).toEqual(['m']);
      const kept = () => told(servers.redis.url, (client) => client.zrange(index, '0', '-1'));
      expect(await kept()).toEqual(['a', 'b', 'm', 'z']);
      clock.advance(hour + 1);
      expect(await rooms()).toEqual(['m']);
      expect(await kept()).toEqual(['m']);
    });

    it('give one room one gapless order', async () => {
      await one.createRoom(room('r'), []);
      const writes = Array.from({ length: 200 }, (_, at) =>
        (at % 2 === 0 ? one : other).append('r', [event(), event()]),
      );
      const seqs = (await Promise.all(writes)).flat().map(({ seq }) => seq);
      expect(seqs.sort((left, right) => left - right)).toEqual(
        Array.from({ length: 400 }, (_, at) => at + 1),
      );
    });
  });

  describe('and keep connections', () => {
    let one: SessionStore;
    let other: SessionStore;
    const in60s = () => clock.now() + 60_000;

    beforeEach(async () => {
      [one, other] = [await opened(redis.session), await opened(redis.session)];
    });

    it('find a connection in the room it entered last, though its leaving was still under way', async () => {
      await one.put([{ session: session('1', 'u'), rooms: ['r'] }], in60s());
      for (let round = 0; round < 100; round += 1) {
        await Promise.all([one.leave('1', 'r'), one.enter('1', 'r')]);
        expect(await other.sessionsIn('r')).toHaveLength(1);
        await Promise.all([one.enter('1', 'r'), one.leave('1', 'r')]);
        await one.enter('1', 'r');
        expect(await other.sessionsIn('r')).toHaveLength(1);
      }
    });

    it('end what a dead one left behind, remember when its users were seen, and leave nothing', async () => {
      const many = Array.from({ length: 300 }, (_, at) => ({
        session: session(`s${at}`, `u${at % 50}`),
        rooms: ['a', `r${at % 7}`],
      }));
      await one.put(many, in60s());
      const deadline = in60s();
      clock.advance(120_000);
      expect(await other.renew([], in60s())).toEqual({ missing: [] });
      const seen = await other.presenceOf(['u1', 'u49']);
      expect([...seen.values()]).toEqual([
        { online: false, lastSeenAt: deadline },
        { online: false, lastSeenAt: deadline },
      ]);
      const keys = await told(servers.redis.url, (client) => client.keys(`${prefix()}:s:*`));
      expect(keys.filter((key) => !key.endsWith(':seen'))).toEqual([]);
    });

    it('do not end a connection that came back while they cleared away', async () => {
      for (let round = 0; round < 30; round += 1) {
        await one.put([{ session: session('1', 'u'), rooms: ['r'] }], in60s());
        clock.advance(120_000);
        await Promise.all([
          other.renew([], in60s()),
          one.put([{ session: session('1', 'u'), rooms: ['r'] }], in60s()),
        ]);
        expect(await other.sessionsOf('u')).toHaveLength(1);
        expect(await other.sessionsIn('r')).toHaveLength(1);
      }
    });

    it('put and renew thousands in a few round trips', async () => {
      const many = Array.from({ length: 5000 }, (_, at) => ({
        session: session(`s${at}`, `u${at}`),
        rooms: [`r${at % 100}`],
      }));
      const calls = async (work: () => Promise<unknown>) => {
        const count = async () =>
          Number(
            /cmdstat_evalsha:calls=(\d+)/.exec(
              await told(servers.redis.url, (client) => client.info('commandstats')),
            )?.[1] ?? 0,
          );
        const before = await count();
        await work();
        return (await count()) - before;
      };
      expect(await calls(() => one.put(many, in60s()))).toBeLessThanOrEqual(2 * 64);
      const ids = many.map((each) => each.session.id);
      expect(await calls(() => one.renew(ids, in60s()))).toBeLessThanOrEqual(2 * 64);
      expect(await other.sessionsIn('r7')).toHaveLength(50);
      expect((await other.presenceOf(many.map((each) => each.session.user))).size).toBe(5000);
    });
  });
});
