import { StoreUnavailable } from '#libs/state';
import { TcpProxy } from '../support/proxy.js';
import { until } from '../support/until.js';
import { operations, prepare } from './support/operations.js';
import { closed, describeShared, each, opened, openedOnce, type Stores } from './support/stores.js';

const timeoutMs = 1500;
/** What a busy machine may add to a timer. */
const slackMs = 1500;
const recoveryMs = 5000;

interface Outcome {
  name: string;
  ms: number;
  error?: unknown;
}

/** Starts every operation at once and gives how each ended, and when. */
const outcomes = (stores: Stores): Promise<Outcome[]> =>
  Promise.all(
    operations(stores).map(async ({ name, run }) => {
      const start = performance.now();
      const error: unknown = await run().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      return { name, ms: performance.now() - start, error };
    }),
  );

const told = ({ name, ms, error }: Outcome) =>
  `${name} after ${Math.round(ms)} ms: ${error instanceof Error ? `${error.name} ${error.message}` : 'answered'}`;

function expectInTime(all: readonly Outcome[]): void {
  const late = all.filter(({ ms }) => ms > timeoutMs + slackMs);
  expect(late.map(told)).toEqual([]);
  const wrong = all.filter(
    ({ error }) => error !== undefined && !(error instanceof StoreUnavailable),
  );
  expect(wrong.map(told)).toEqual([]);
}

/** A subscription that is already in force costs no round trip on some buses. */
const needsNoServer = ['bus.subscribe'];

function expectUnavailable(all: readonly Outcome[]): void {
  expectInTime(all);
  const answered = all.filter(({ name, error }) => !error && !needsNoServer.includes(name));
  expect(answered.map(told)).toEqual([]);
}

describeShared('every operation answers in time', ({ adapter, server }) => {
  let proxy: TcpProxy;
  let stores: Stores;
  let url: string;

  beforeEach(async () => {
    url = await server.freshUrl();
    await openedOnce(adapter, url);
    proxy = await TcpProxy.to(url);
    stores = await opened(adapter, proxy.through(url), { timeoutMs });
    await prepare(stores);
  });

  afterEach(async () => {
    await proxy.heal();
    await closed(stores);
    await proxy.close();
  });

  /** Every store answers again by itself, and says what was there before. */
  async function expectRecovered(): Promise<void> {
    const start = Date.now();
    for (const [port, store] of each(stores))
      await until(`${port} answers again`, () =>
        store.ping().then(
          () => true,
          () => false,
        ),
      );
    expect(Date.now() - start).toBeLessThan(recoveryMs + slackMs);
    if (stores.history) {
      expect((await stores.history.room('r'))?.id).toBe('r');
      const { events, head } = await stores.history.read('r', { limit: 1000 });
      expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: head }, (_, at) => at + 1));
    }
    if (stores.session) expect(await stores.session.sessionsOf('u')).not.toEqual([]);
    if (stores.data) expect((await stores.data.courses.byId('c'))?.id).toBe('c');
    if (stores.bus) {
      const heard: string[] = [];
      const end = await stores.bus.subscribe('after', (payload) => heard.push(payload));
      await until('the bus brings hints again', async () => {
        await stores.bus?.publish('after', 'x').catch(() => undefined);
        return heard.length > 0;
      });
      await end();
    }
  }

  it('while all goes well', async () => {
    // However long a busy machine takes for all of them at once.
    const patient = await opened(adapter, proxy.through(url));
    const all = await outcomes(patient);
    await closed(patient);
    expect(all.filter(({ error }) => error).map(told)).toEqual([]);
  });

  it('while the server is slow', async () => {
    proxy.delay(20);
    expectInTime(await outcomes(stores));
  });

  it('while the server hangs, and again afterwards', async () => {
    proxy.hang();
    expectUnavailable(await outcomes(stores));
    await proxy.heal();
    await expectRecovered();
  });

  it('while replies are lost, and again afterwards', async () => {
    proxy.swallowReplies();
    expectUnavailable(await outcomes(stores));
    proxy.cut();
    await proxy.heal();
    await expectRecovered();
  });

  it('while connections are cut under it, and again afterwards', async () => {
    proxy.delay(50);
    const running = outcomes(stores);
    await new Promise((resolve) => setTimeout(resolve, 60));
    proxy.cut();
    expectInTime(await running);
    await proxy.heal();
    await expectRecovered();
  });

  it('while nobody listens, and again afterwards', async () => {
    await proxy.refuse();
    expectUnavailable(await outcomes(stores));
    await proxy.heal();
    await expectRecovered();
  });

  it('closes while the server hangs', async () => {
    proxy.hang();
    const start = performance.now();
    await closed(stores).catch((error: unknown) => expect(error).toBeInstanceOf(StoreUnavailable));
    expect(performance.now() - start).toBeLessThan(4 * timeoutMs + slackMs);
  });

  it('is refused at open, by name, where nobody listens or answers', async () => {
    const elsewhere = proxy.through(await server.freshUrl());
    for (const fault of [() => proxy.refuse(), async () => proxy.hang()]) {
      await fault();
      const start = performance.now();
      const error: unknown = await opened(adapter, elsewhere, { timeoutMs }).catch(
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(StoreUnavailable);
      expect((error as Error).message).toContain('TEST_STORE');
      expect(performance.now() - start).toBeLessThan(timeoutMs + slackMs);
      await proxy.heal();
    }
  });
});
