import { type Clock, silentLogger, SystemClock } from '#libs/kernel';
import type { Access, Store } from '#libs/state';
import { env } from '../env.js';
import { makeStore, type Stores, type StoreVariable } from '../platform/state/stores.js';

export const clock: Clock = new SystemClock();

/** Opens one store of the configuration for the length of `work`. */
export async function withStore<P extends keyof Stores, T>(
  port: P,
  variable: StoreVariable,
  access: Access,
  work: (store: Stores[P]) => Promise<T>,
): Promise<T> {
  const store = makeStore(port, variable, { env: env(), clock, logger: silentLogger, access });
  await (store as Store).open();
  try {
    return await work(store);
  } finally {
    await (store as Store).close();
  }
}
