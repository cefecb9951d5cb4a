import { type Clock, silentLogger, SystemClock } from '#libs/kernel';
import type { Access } from '#libs/state';
import { env } from '../env.js';
import { makeStore, type Stores, type StoreVariable } from '../platform/state/stores.js';

export const clock: Clock = new SystemClock();

/** Opens one store of the configuration; the caller closes it. */
export async function openStore<P extends keyof Stores>(
  port: P,
  variable: StoreVariable,
  access: Access,
): Promise<Stores[P]> {
  const store = makeStore(port, variable, { env: env(), clock, logger: silentLogger, access });
  await store.open();
  return store;
}

/** The same, for the length of `work`. */
export async function withStore<P extends keyof Stores, T>(
  port: P,
  variable: StoreVariable,
  access: Access,
  work: (store: Stores[P]) => Promise<T>,
): Promise<T> {
  const store = await openStore(port, variable, access);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
