import { silentLogger, SystemClock } from '#libs/kernel';
import { type EventBus, type HistoryStore, StoreUnavailable } from '#libs/state';
import { describeAdapter, event } from '#libs/state/testing';
import { RedisCluster } from '../../../../test/support/redis/redis-cluster.js';
import { told } from '../../../../test/support/redis/told.js';
import { until } from '../../../../test/support/until.js';
import { slotOf } from './bus/slot.js';
import { redis } from './index.js';

let cluster: RedisCluster;

beforeAll(async () => {
  cluster = await RedisCluster.start();
});
afterAll(() => cluster.dispose());

describe('on a cluster of three', () => {
  describeAdapter({ adapter: redis, freshUrl: () => cluster.freshUrl() });

  const options = (url: string) => ({
    url,
    variable: 'TEST_STORE',
    clock: new SystemClock(),
    logger: silentLogger,
    timeoutMs: 2000,
  });
  const room = (id: string) =>
    ({ id, kind: 'group', name: id, createdAt: 1, createdBy: 'u' }) as const;
  const opened = async <S extends { open(): Promise<void> }>(store: S | undefined): Promise<S> => {
    if (!store) throw new Error('redis serves all three');
    await store.open();
    return store;
  };

  describe('history and hints', () => {
    let url: string;
    let history: HistoryStore;
    let bus: EventBus;

    beforeEach(async () => {
      url = cluster.freshUrl();
      history = await opened(redis.history?.(options(url)));
      bus = await opened(redis.bus?.(options(url)));
    });
    afterEach(async () => {
      await history.close();
      await bus.close();
    });

    const prefix = () => new URLSearchParams(url.slice(url.indexOf('?'))).get('prefix') ?? '';
    const nodeOf = (id: string) => cluster.ownerOf(slotOf(`${prefix()}:r:{${id}}`));

    it('are shared out among the nodes, and one commit reaches them all', async () => {
      const ids = Array.from({ length: 30 }, (_, at) => `room-${at}`);
      for (const id of ids) await history.createRoom(room(id), []);
      expect(new Set(await Promise.all(ids.map(nodeOf))).size).toBe(3);
      const answers = await Promise.all(ids.map((id) => history.append(id, [event(), event()])));
      expect(answers.flat().map(({ seq }) => seq)).toEqual(ids.flatMap(() => [1, 2]));
      expect((await history.positions(ids)).size).toBe(ids.length);
    });

    it('go on without a node where it is not needed, and use it again within 5 s of its return', async () => {
      const ids = Array.from({ length: 12 }, (_, at) => `room-${at}`);
      for (const id of ids) await history.createRoom(room(id), []);
      const owners = new Map(
        await Promise.all(ids.map(async (id) => [id, await nodeOf(id)] as const)),
      );
      const onIt = ids.filter((id) => owners.get(id) === 1);
      const elsewhere = ids.filter((id) => owners.get(id) !== 1);
      const cids = new Map(onIt.map((id) => [id, event()]));
      for (const [id, one] of cids) await history.append(id, [one]);
      await cluster.nodes[1]?.kill();
      const down = await Promise.allSettled(onIt.map((id) => history.append(id, [event()])));
      for (const one of down)
        expect(one).toMatchObject({ reason: expect.any(StoreUnavailable) as unknown });
      await until('the others take appends', async () => {
        const up = await Promise.allSettled(elsewhere.map((id) => history.append(id, [event()])));
        return up.every(({ status }) => status === 'fulfilled');
      });
      await cluster.nodes[1]?.boot();
      const back = Date.now();
      await until('its rooms take appends', async () => {
        const up = await Promise.allSettled(
          [...cids].map(([id, one]) => history.append(id, [one])),
        );
        return up.every(
          (one) => one.status === 'fulfilled' && one.value[0]?.seq === 1 && one.value[0].duplicate,
        );
      });
      expect(Date.now() - back).toBeLessThan(5000);
      await cluster.whole();
    });

    it('find their scripts again where a node forgot them', async () => {
      await history.createRoom(room('r'), []);
      await history.append('r', [event()]);
      for (const node of cluster.nodes) await told(node.url, (client) => client.script('FLUSH'));
      expect(await history.append('r', [event()])).toMatchObject([{ seq: 2 }]);
    });

    it('follow a topic whose slot moves to another node', async () => {
      const heard: string[] = [];
      await bus.subscribe('moves', (payload) => heard.push(payload));
      await bus.publish('moves', 'before');
      await until('the first hint arrives', () => heard.includes('before'));
      const slot = slotOf(`${prefix()}:bus:{moves}`);
      const owner = await cluster.ownerOf(slot);
      await cluster.move(slot, (owner + 1) % 3);
      await until('a hint arrives from there', async () => {
        await bus.publish('moves', 'after').catch(() => undefined); // redirected until the slots are read again
        return heard.includes('after');
      });
      await cluster.move(slot, owner);
      await cluster.whole();
    });

    it('hear again after each node was restarted', async () => {
      const heard = new Set<string>();
      const topics = Array.from({ length: 12 }, (_, at) => `topic-${at}`);
      for (const topic of topics) await bus.subscribe(topic, () => heard.add(topic));
      for (const node of cluster.nodes) {
        await node.kill();
        await node.boot();
      }
      await cluster.whole();
      await until('every topic is heard', async () => {
        await Promise.allSettled(topics.map((topic) => bus.publish(topic, 'x')));
        return heard.size === topics.length;
      });
    });
  });
});
