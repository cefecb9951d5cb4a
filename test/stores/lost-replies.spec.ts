import type { Appended, NewEvent } from '#libs/state';
import { event } from '#libs/state/testing';
import { TcpProxy } from '../support/proxy.js';
import { pause, until } from '../support/until.js';
import { room } from './support/operations.js';
import {
  closed,
  describeShared,
  keeps,
  opened,
  openedOnce,
  type Stores,
} from './support/stores.js';

describeShared(
  'an append whose reply was lost',
  ({ adapter, server }) => {
    let proxy: TcpProxy;
    let stores: Stores;
    /** The same place, past the proxy. */
    let witness: Stores;

    beforeEach(async () => {
      const url = await server.freshUrl();
      await openedOnce(adapter, url);
      proxy = await TcpProxy.to(url);
      stores = await opened(adapter, proxy.through(url), { timeoutMs: 1000 });
      witness = await opened(adapter, url);
      for (const id of ['r', 'elsewhere']) await witness.history?.createRoom(room(id), []);
      // Whatever is made ready at the first call, of several events or of one, is ready.
      await stores.history?.append('elsewhere', [event(), event()]);
      await stores.history?.append('r', [event({ cid: 'first' })]);
    });

    afterEach(async () => {
      await proxy.heal();
      await closed(stores);
      await closed(witness);
      await proxy.close();
    });

    const append = (events: readonly NewEvent[]): Promise<Appended[]> =>
      stores.history?.append('r', events) ??
      Promise.reject(new Error(`${adapter.name}: no history`));
    const head = async () => (await witness.history?.positions(['r']))?.get('r')?.head ?? 0;

    it('is stored once, however often its sender repeats it and whichever reply it was', async () => {
      let stored = 1;
      let lostOnes = 0;
      for (let passing = 0; passing < 6; passing += 1) {
        const sent = [event({ cid: `a${passing}` }), event({ cid: `b${passing}` })];
        proxy.swallowReplies(passing);
        const first = await append(sent).catch((error: unknown) => error);
        const lost = !Array.isArray(first) && (await head()) > stored;
        if (lost) lostOnes += 1;
        proxy.cut();
        await proxy.heal();
        const again = await until('the sender is answered', () =>
          append(sent.map((one) => ({ ...one, id: event().id }))).catch(() => undefined),
        );
        expect(again.map(({ seq }) => seq)).toEqual([stored + 1, stored + 2]);
        if (lost) expect(again.map(({ duplicate }) => duplicate)).toEqual([true, true]);
        if (again[0]?.duplicate)
          expect(again.map(({ id }) => id)).toEqual(sent.map(({ id }) => id));
        stored += 2;
        expect(await head()).toBe(stored);
      }
      expect(lostOnes).toBeGreaterThan(0);
    });

    it('leaves one gapless log where many are lost and repeated while connections are cut', async () => {
      const wanted = Array.from({ length: 200 }, (_, at) => event({ cid: `c${at}` }));
      const places = new Map<string, number>();
      let sending = true;
      const sender = async (mine: readonly NewEvent[]) => {
        for (const one of mine) {
          const [answer] = await until(`${one.cid} is answered`, () =>
            append([one]).catch(() => undefined),
          );
          places.set(one.cid, answer?.seq ?? 0);
        }
      };
      // Connecting takes a busy machine longer than any fixed time: what is cut has answered before.
      const cutting = (async () => {
        while (sending) {
          const answered = places.size;
          await pause(60);
          await until('another is answered', () => places.size > answered || !sending);
          proxy.swallowReplies();
          await pause(15);
          proxy.cut();
          await proxy.heal();
        }
      })();
      const groups = Array.from({ length: 8 }, (_, at) => wanted.filter((_one, n) => n % 8 === at));
      await Promise.all(groups.map(sender)).finally(() => (sending = false));
      await cutting;
      const log = await witness.history?.read('r', { limit: 1000 });
      expect(log?.events.map(({ seq }) => seq)).toEqual(
        Array.from({ length: 201 }, (_, at) => at + 1),
      );
      const stored = new Map(log?.events.map(({ cid, seq }) => [cid, seq]));
      for (const [cid, seq] of places) expect([cid, stored.get(cid)]).toEqual([cid, seq]);
      expect(places.size).toBe(200);
    });
  },
  keeps('history'),
);
