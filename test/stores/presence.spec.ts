import { TestClient } from '../support/client.js';
import { external } from '../support/people.js';
import { TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { describeShared } from './support/stores.js';

/** Longer than sessions of a dead replica last, and than it takes to tell of it. */
const lastsMs = 60_000;

describeShared(
  'presence on two replicas',
  ({ adapter, server }) => {
    const replicas: TestServer[] = [];
    const start = async (url: string) => {
      const replica = await TestServer.start({
        DATA_STORE: adapter.data ? url : 'memory:',
        HISTORY_STORE: url,
        SESSION_STORE: url,
        EVENT_BUS: url,
      });
      replicas.push(replica);
      return replica;
    };
    const watch = async (replica: TestServer, user: string) => {
      const client = await new TestClient(replica, (await external(user)).token).connect();
      const subscription = client.centrifuge.newSubscription('room:lobby', { joinLeave: true });
      const pushes: string[] = [];
      subscription.on('join', ({ info }) => pushes.push(`join ${info.user}`));
      subscription.on('leave', ({ info }) => pushes.push(`leave ${info.user}`));
      subscription.subscribe();
      await subscription.ready();
      const present = async () =>
        Object.values((await subscription.presence()).clients)
          .map(({ user }) => user)
          .sort();
      return { client, pushes, present };
    };
    const visit = async (replica: TestServer, user: string) => {
      const client = await new TestClient(replica, (await external(user)).token).connect();
      await client.join('lobby');
      return client;
    };

    let url: string;
    beforeEach(async () => {
      url = await server.freshUrl();
    });
    afterEach(async () => {
      for (const replica of replicas.splice(0)) await replica.dispose();
    });

    it('shows who comes and goes on the other, and not who comes back', async () => {
      const [one, two] = [await start(url), await start(url)];
      const { pushes, present } = await watch(one, 'ada');
      const lin = await visit(two, 'lin');
      await until('the join is pushed', () => pushes.includes('join lin'));
      lin.cut();
      await visit(two, 'bo');
      await until('the next join is pushed', () => pushes.includes('join bo'));
      await until('lin is back', async () => (await present()).join() === 'ada,bo,lin');
      lin.close();
      await until('the leave is pushed', () => pushes.includes('leave lin'));
      expect(pushes.filter((push) => push.endsWith('lin'))).toEqual(['join lin', 'leave lin']);
      expect(await present()).toEqual(['ada', 'bo']);
    });

    it('forgets who was on a replica that was killed, and pushes their leaves', async () => {
      const [one, two] = [await start(url), await start(url)];
      const { pushes, present } = await watch(one, 'ada');
      const clients = [await visit(two, 'lin'), await visit(two, 'bo')];
      await until(
        'both are there',
        () => pushes.includes('join lin') && pushes.includes('join bo'),
      );
      await two.kill();
      for (const client of clients) client.close();
      await until('they are gone', async () => (await present()).join() === 'ada', lastsMs);
      await until(
        'their leaves are pushed',
        () => pushes.includes('leave lin') && pushes.includes('leave bo'),
        lastsMs,
      );
      expect(pushes.filter((push) => push.startsWith('leave')).sort()).toEqual([
        'leave bo',
        'leave lin',
      ]);
    });
  },
  ({ adapter }) => adapter.session !== undefined && adapter.bus !== undefined,
);
