import { ManualClock, silentLogger } from '#libs/kernel';
import type { Adapter, StoreOptions } from '#libs/state';

/** What a suite needs of an adapter's author. */
export interface Subject {
  adapter: Adapter;
  /** A store that nobody has used yet. Called once a test. */
  freshUrl: () => string | Promise<string>;
}

/** What is kept is proven here, however slow the machine; what becomes of a call that gets no answer, elsewhere. */
const patienceMs = 60_000;

/** The options of one test: a clock that stands still, and the place of its own. */
export async function optionsFor({
  freshUrl,
}: Subject): Promise<StoreOptions & { clock: ManualClock }> {
  return {
    url: await freshUrl(),
    variable: 'TEST_STORE',
    clock: new ManualClock(),
    logger: silentLogger,
    timeoutMs: patienceMs,
  };
}

/** One of the adapter's ports; an adapter that does not serve it is not asked for it. */
export function factoryOf<P extends 'data' | 'history' | 'session' | 'bus'>(
  { adapter }: Subject,
  port: P,
): NonNullable<Adapter[P]> {
  const factory = adapter[port];
  if (!factory) throw new Error(`the ${adapter.name} adapter does not serve ${port}`);
  return factory;
}
