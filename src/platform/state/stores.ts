import type { Clock, Logger } from '#libs/kernel';
import {
  type Access,
  type Adapter,
  type DataStore,
  type EventBus,
  type HistoryStore,
  schemeOf,
  type SessionStore,
  type StoreOptions,
} from '#libs/state';
import { adapters } from '#libs/state/adapters';
import type { Env } from '../../env.js';

export interface Stores {
  data: DataStore;
  history: HistoryStore;
  session: SessionStore;
  bus: EventBus;
}

export type StoreVariable = 'DATA_STORE' | 'HISTORY_STORE' | 'SESSION_STORE' | 'EVENT_BUS';

export interface MakeOptions {
  env: Env;
  clock: Clock;
  logger: Logger;
  access?: Access;
  onCommit?: (events: number) => void;
}

/** A store as `variable` names it, not open yet. The configuration schema has checked that its adapter serves the port. */
export function makeStore<P extends keyof Stores>(
  port: P,
  variable: StoreVariable,
  { env, ...options }: MakeOptions,
): Stores[P] {
  const url = env[variable];
  const make = factoryOf(port, url);
  if (!make) throw new Error(`no adapter serves ${port} on ${schemeOf(url)}`);
  return make({ url, variable, ...options });
}

/** How a store of this port is made of this URL; undefined where no adapter does. */
export function factoryOf<P extends keyof Stores>(
  port: P,
  url: string,
): ((options: StoreOptions) => Stores[P]) | undefined {
  const adapter: Adapter | undefined = adapters.find(({ schemes }) =>
    schemes.includes(schemeOf(url)),
  );
  return adapter?.[port] as ((options: StoreOptions) => Stores[P]) | undefined;
}

/** All four, open. Where one cannot be opened, those that were are closed again. */
export async function openStores(options: MakeOptions): Promise<Stores> {
  const stores: Stores = {
    data: makeStore('data', 'DATA_STORE', options),
    history: makeStore('history', 'HISTORY_STORE', options),
    session: makeStore('session', 'SESSION_STORE', options),
    bus: makeStore('bus', 'EVENT_BUS', options),
  };
  try {
    for (const store of Object.values(stores)) await (store as Stores[keyof Stores]).open();
  } catch (error) {
    for (const store of Object.values(stores)) await (store as Stores[keyof Stores]).close();
    throw error;
  }
  return stores;
}
