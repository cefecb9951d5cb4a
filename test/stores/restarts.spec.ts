import { event } from '#libs/state/testing';
import { StoreUnavailable } from '#libs/state';
import type { RunningServer } from '../support/servers/index.js';
import { pause, until } from '../support/until.js';
import { room } from './support/operations.js';
import {
  closed,
  describeShared,
  each,
  isKind,
  opened,
  openedOnce,
  type Stores,
} from './support/stores.js';

const recoveryMs = 5000;
const rooms = ['a', 'b', 'c'];

/** What was answered: room and cid → seq. */
type Acknowledged = Map<string, number>;

/** Appends to every room without a pause until told to stop; an error is repeated as its sender would. */
function writing({ history }: Stores, acknowledged: Acknowledged) {
  let going = true;
  const failures = new Set<string>();
  const write = async (to: string, n: number) => {
    for (let at = 0; going;) {
      const cid = `${n}-${at}`;
      try {
        const [answer] = (await history?.append(to, [event({ sender: to, cid })])) ?? [];
        acknowledged.set(`${to} ${cid}`, answer?.seq ?? 0);
        at += 1;
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) failures.add(String(error));
        await pause(5);
      }
    }
  };
  const all = Promise.all(rooms.flatMap((to) => [0, 1, 2, 3].map((n) => write(to, n))));
  return {
    failures,
    stop: () => {
      going = false;
      return all;
    },
  };
}

describeShared('a server that dies', ({ adapter, server }) => {
  let own: RunningServer;
  let stores: Stores;
  let url: string;
  let stopWriting: () => Promise<unknown> = () => Promise.resolve();

  beforeAll(async () => {
    own = await server.own();
  });
  afterAll(() => own.dispose());

  beforeEach(async () => {
    url = await server.freshOn(own.url);
    await openedOnce(adapter, url);
    stores = await opened(adapter, url, { timeoutMs: 2000 });
  });
  afterEach(async () => {
    await stopWriting();
    await closed(stores);
  });

  /** Starts it again; resolves with when it serves a client that is new, which a busy machine makes later. */
  const bootServing = async (): Promise<number> => {
    await own.boot();
    await openedOnce(adapter, url);
    return Date.now();
  };

  /** The stand-in for MongoDB keeps what it acknowledged over SIGTERM only. */
  const die = () => (isKind(adapter, 'mongodb') ? own.stop() : own.kill());

  const itOfHistory = adapter.history ? it : () => undefined;
  itOfHistory(
    'has every acknowledged event when it is back, once and without a hole, and is used again within 5 s',
    async () => {
      for (const id of rooms) await stores.history?.createRoom(room(id), []);
      const acknowledged: Acknowledged = new Map();
      const { stop, failures } = writing(stores, acknowledged);
      stopWriting = stop;
      for (const round of [1, 2]) {
        const before = acknowledged.size;
        await until('events are acknowledged', () => acknowledged.size >= before + 60 * round);
        await die();
        const while_down = acknowledged.size;
        const back = await bootServing();
        await until('an append is acknowledged again', () => acknowledged.size > while_down + 12);
        expect(Date.now() - back).toBeLessThan(recoveryMs);
      }
      await stop();
      expect([...failures]).toEqual([]);
      for (const id of rooms) {
        const log = await stores.history?.read(id, { limit: 1_000_000 });
        const events = log?.events ?? [];
        expect(events.map(({ seq }) => seq)).toEqual(
          Array.from({ length: log?.head ?? 0 }, (_, at) => at + 1),
        );
        expect(new Set(events.map(({ cid }) => cid)).size).toBe(events.length);
        const stored = new Map(events.map(({ cid, seq }) => [`${id} ${cid}`, seq]));
        const mine = [...acknowledged].filter(([key]) => key.startsWith(`${id} `));
        expect(mine.filter(([key, seq]) => stored.get(key) !== seq)).toEqual([]);
      }
    },
  );

  it('is asked by every port again within 5 s, and the bus brings hints to old subscriptions', async () => {
    const heard: string[] = [];
    const end = await stores.bus?.subscribe('t', (payload) => heard.push(payload));
    let gaps = 0;
    stores.bus?.onGap(() => (gaps += 1));
    await stores.session?.issueRefresh({
      hash: 'kept',
      family: 'f',
      user: 'u',
      expiresAt: Date.now() + 600_000,
    });
    await stores.data?.leases.acquire('kept', 'me', Date.now() + 600_000);
    await die();
    for (const [, store] of each(stores))
      await expect(store.ping()).rejects.toThrow(StoreUnavailable);
    const back = await bootServing();
    for (const [port, store] of each(stores))
      await until(`${port} answers`, () =>
        store.ping().then(
          () => true,
          () => false,
        ),
      );
    const published: string[] = [];
    if (stores.bus)
      await until('a hint arrives', async () => {
        const hint = `hint ${published.length}`;
        await stores.bus?.publish('t', hint).then(
          () => published.push(hint),
          () => undefined,
        );
        return heard.length > 0;
      });
    expect(Date.now() - back).toBeLessThan(recoveryMs);
    // A change stream may go on where it was: it has nothing to tell, and nothing is missing.
    const goesOn = () =>
      isKind(adapter, 'mongodb') && published.every((hint) => heard.includes(hint));
    if (stores.bus) await until('it is told that hints may be missing', () => gaps > 0 || goesOn());
    await end?.();
    if (stores.session)
      expect(
        await stores.session.rotateRefresh('kept', {
          hash: 'next',
          expiresAt: Date.now() + 600_000,
        }),
      ).toMatchObject({ outcome: 'rotated' });
    if (stores.data)
      expect(await stores.data.leases.acquire('kept', 'another', Date.now() + 1000)).toBeNull();
  });
});
