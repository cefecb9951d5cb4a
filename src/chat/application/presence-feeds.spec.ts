import fc from 'fast-check';
import { type Logger, silentLogger, SystemClock } from '#libs/kernel';
import type { EventBus, SessionStore } from '#libs/state';
import { adapters } from '#libs/state/adapters';
import type { Connection, Connections } from '../../platform/ws/index.js';
import { graceMs, maxWatched } from './presence-feed.js';
import { PresenceFeeds, ttlMs } from './presence-feeds.js';
import { RoomSessions } from './room-sessions.js';

const room = 'r';
/** Longer than it takes from a change to the push of it. */
const settledMs = graceMs + 3000;
const clock = new SystemClock();

/** What one watcher was pushed. */
class Watcher {
  readonly pushes: string[] = [];
  readonly users: Set<string>;

  constructor(present: readonly string[]) {
    this.users = new Set(present);
  }

  frame(frame: Buffer): void {
    for (const [, what, user] of frame
      .toString()
      .matchAll(/"(join|leave)":\{"info":\{"client":"[^"]+","user":"([^"]+)"/g)) {
      this.pushes.push(`${what} ${user}`);
      if (what === 'join') this.users.add(user ?? '');
      else this.users.delete(user ?? '');
    }
  }
}

describe('presence over replicas', () => {
  let store: SessionStore;
  let bus: EventBus;
  let lost: () => boolean;
  const replicas: PresenceFeeds[] = [];

  const replica = async (node: string, logger: Logger = silentLogger) => {
    const feeds = new PresenceFeeds(
      new RoomSessions(store),
      bus,
      { node } as Connections,
      clock,
      logger,
    );
    replicas.push(feeds);
    await feeds.onModuleInit();
    const put = (id: string, user: string) =>
      store.put(
        [{ session: { id, user, name: user, node, since: 0 }, rooms: [room] }],
        clock.now() + ttlMs,
      );
    return {
      feeds,
      enter: async (id: string, user: string) => {
        await put(id, user);
        feeds.changed([room]);
      },
      leave: async (id: string) => {
        await store.remove([id], clock.now());
        feeds.changed([room]);
      },
      watch: async () => {
        const connection = new Watcher([]) as unknown as Connection;
        const watch = await feeds.watch(room, connection);
        const present = (await store.sessionsIn(room)).map(({ user }) => user);
        const watcher = connection as unknown as Watcher;
        for (const user of present) watcher.users.add(user);
        watch.attach();
        return { watcher, end: watch.end };
      },
    };
  };
  const after = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  const present = async () =>
    [...new Set((await store.sessionsIn(room)).map(({ user }) => user))].sort();

  const start = async () => {
    lost = () => false;
    const options = { variable: 'TEST', clock, logger: silentLogger };
    const memory = adapters.find(({ name }) => name === 'memory');
    if (!memory?.session || !memory.bus) throw new Error('there is no memory adapter');
    store = memory.session({ ...options, url: 'memory:' });
    const made = memory.bus({ ...options, url: 'memory:' });
    await store.open();
    await made.open();
    // As if other processes had it too, and it lost what it may lose.
    bus = Object.assign(Object.create(made) as EventBus, {
      traits: { ...made.traits, shared: true },
      publish: (topic: string, payload: string) =>
        lost() ? Promise.resolve() : made.publish(topic, payload),
    });
  };
  const stop = async () => {
    for (const feeds of replicas.splice(0)) await feeds.onApplicationShutdown();
    await store.close();
  };

  beforeEach(async () => {
    jest.useFakeTimers();
    await start();
  });
  afterEach(async () => {
    await stop();
    jest.useRealTimers();
  });

  it('pushes who comes and goes on another replica, and who was there before to nobody', async () => {
    const [one, two] = [await replica('one'), await replica('two')];
    await two.enter('c0', 'early');
    const { watcher } = await one.watch();
    await two.enter('c1', 'ada');
    await after(settledMs);
    expect(watcher.pushes).toEqual(['join ada']);
    await two.leave('c1');
    await after(settledMs);
    expect(watcher.pushes).toEqual(['join ada', 'leave ada']);
  });

  it('pushes a user, not devices: one joins with the first and leaves with the last', async () => {
    const [one, two] = [await replica('one'), await replica('two')];
    const { watcher } = await one.watch();
    await one.enter('phone', 'ada');
    await after(settledMs);
    await two.enter('laptop', 'ada');
    await one.leave('phone');
    await after(settledMs);
    expect(watcher.pushes).toEqual(['join ada']);
    await two.leave('laptop');
    await after(settledMs);
    expect(watcher.pushes).toEqual(['join ada', 'leave ada']);
  });

  it('says nothing of a reconnect within the grace time, to another replica too', async () => {
    const [one, two] = [await replica('one'), await replica('two')];
    await one.enter('c1', 'ada');
    const { watcher } = await one.watch();
    await one.leave('c1');
    await after(graceMs - 500);
    await two.enter('c2', 'ada');
    await after(2 * settledMs);
    expect(watcher.pushes).toEqual([]);
  });

  it('pushes the leaves of a replica that died, once its sessions have expired', async () => {
    const [one, two] = [await replica('one'), await replica('two')];
    const { watcher } = await one.watch();
    await two.enter('c1', 'ada');
    two.feeds.beat();
    await after(settledMs);
    await two.feeds.onApplicationShutdown();
    await after(ttlMs - settledMs - 1000);
    expect(watcher.pushes).toEqual(['join ada']);
    await after(settledMs + 1000);
    expect(watcher.pushes).toEqual(['join ada', 'leave ada']);
  });

  it('pushes nothing in a room above the bound, and reads it rarely', async () => {
    const one = await replica('one');
    for (let n = 0; n < maxWatched; n += 1) await one.enter(`c${n}`, `user-${n}`);
    const { watcher } = await one.watch();
    const reads = jest.spyOn(store, 'sessionsIn');
    for (let n = 0; n < 20; n += 1) {
      await one.enter(`more-${n}`, `another-${n}`);
      await after(1000);
    }
    expect(watcher.pushes).toEqual([]);
    expect(reads.mock.calls.length).toBeLessThanOrEqual(2);
  });

  it('reads a room once a second at most, however many come and go', async () => {
    const one = await replica('one');
    await one.watch();
    const reads = jest.spyOn(store, 'sessionsIn');
    for (let n = 0; n < 100; n += 1) {
      await one.enter(`c${n}`, `user-${n}`);
      await after(50);
    }
    expect(reads.mock.calls.length).toBeLessThanOrEqual(6);
  });

  it('goes on when the store did not answer', async () => {
    const one = await replica('one');
    const { watcher } = await one.watch();
    jest.spyOn(store, 'sessionsIn').mockRejectedValueOnce(new Error('not now'));
    await one.enter('c1', 'ada');
    await after(settledMs);
    expect(watcher.pushes).toEqual(['join ada']);
  });

  it('keeps nothing of a room that nobody watches any more', async () => {
    const one = await replica('one');
    const { end } = await one.watch();
    end();
    const reads = jest.spyOn(store, 'sessionsIn');
    await one.enter('c1', 'ada');
    await after(settledMs);
    expect(reads).not.toHaveBeenCalled();
  });

  it('converges to what the store has, whatever comes, goes and is lost on the way', async () => {
    const step = fc.record({
      replica: fc.nat(1),
      user: fc.nat(3),
      device: fc.nat(1),
      enters: fc.boolean(),
      lost: fc.boolean(),
      pause: fc.nat(800),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        await start();
        const both = [await replica('one'), await replica('two')];
        const watchers: Watcher[] = [];
        for (const one of both) {
          watchers.push((await one.watch()).watcher);
        }
        for (const { replica: at, user, device, enters, pause, ...hint } of steps) {
          lost = () => hint.lost;
          const id = `${at}-${user}-${device}`;
          if (enters) await both[at]?.enter(id, `u${user}`);
          else await both[at]?.leave(id);
          await after(pause);
        }
        // One hint that arrives is enough for all that were lost.
        lost = () => false;
        for (const { feeds } of both) feeds.changed([room]);
        await after(settledMs);
        const expected = await present();
        for (const { users } of watchers) expect([...users].sort()).toEqual(expected);
        await stop();
      }),
      { numRuns: 40 },
    );
    await start();
  });
});
