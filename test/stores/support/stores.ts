import { type Clock, ManualClock, silentLogger, SystemClock } from '#libs/kernel';
import {
  type Adapter,
  type DataStore,
  type EventBus,
  type HistoryStore,
  type Port,
  ports,
  type SessionStore,
  type Store,
  type StoreOptions,
} from '#libs/state';
import { adapters } from '#libs/state/adapters';
import { type KindName, servers, type TestServers } from '../../support/servers/index.js';
import { patienceMs } from '../../support/until.js';

export interface Shared {
  adapter: Adapter;
  server: TestServers;
}

/** Every adapter of the registry that several processes may use, with its server. */
export const shared: readonly Shared[] = adapters
  .filter((adapter) => adapter.shared)
  .map((adapter) => {
    const server = (servers as Record<string, TestServers | undefined>)[adapter.name];
    if (!server)
      throw new Error(`test/support/servers does not know how to start a ${adapter.name} server`);
    return { adapter, server };
  });

/** A suite for each shared adapter; one whose server this run has not says so by its absence at the end. */
export function describeShared(
  what: string,
  suite: (subject: Shared) => void,
  among: (subject: Shared) => boolean = () => true,
): void {
  for (const subject of shared.filter(among))
    if (subject.server.available)
      describe(`${what}: ${subject.adapter.name}`, () => suite(subject));
}

/** For a suite about one port. */
export const keeps =
  (port: Port) =>
  ({ adapter }: Shared): boolean =>
    adapter[port] !== undefined;

export const isKind = (adapter: Adapter, ...names: KindName[]): boolean =>
  (names as string[]).includes(adapter.name);

export interface Stores {
  data?: DataStore;
  history?: HistoryStore;
  session?: SessionStore;
  bus?: EventBus;
}

export const variable = 'TEST_STORE';

export const optionsOn = (url: string, more: Partial<StoreOptions> = {}): StoreOptions => ({
  url,
  variable,
  clock: new SystemClock(),
  logger: silentLogger,
  timeoutMs: patienceMs,
  ...more,
});

/** The stores of every port the adapter serves, not opened. */
export function make(adapter: Adapter, options: StoreOptions): Stores {
  return Object.fromEntries(
    ports.flatMap((port) => {
      const store = adapter[port]?.(options);
      return store ? [[port, store]] : [];
    }),
  );
}

export const each = (stores: Stores): [Port, Store][] => Object.entries(stores) as [Port, Store][];

export async function opened(
  adapter: Adapter,
  url: string,
  more: Partial<StoreOptions> = {},
): Promise<Stores> {
  const stores = make(adapter, optionsOn(url, more));
  for (const [, store] of each(stores)) await store.open();
  return stores;
}

/** By a client that has all the time it needs: the schema at `url` is made, and the server serves. */
export async function openedOnce(adapter: Adapter, url: string): Promise<void> {
  await closed(await opened(adapter, url));
}

export async function closed(stores: Stores): Promise<void> {
  for (const [, store] of each(stores)) await store.close();
}

/** Two clocks that are moved as one. */
export const clocks = (): [ManualClock, ManualClock] => [new ManualClock(), new ManualClock()];
export type { Clock };
