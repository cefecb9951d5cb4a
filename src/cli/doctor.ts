import { silentLogger } from '#libs/kernel';
import { schemeOf, type Store } from '#libs/state';
import { env } from '../env.js';
import { makeStore, type StoreVariable, type Stores } from '../platform/state/stores.js';
import { clock } from './stores.js';

export interface Finding {
  variable: StoreVariable;
  adapter: string;
  reachable: boolean;
  durability?: string;
  latencyMs?: number;
  advice?: string;
}

const stores: readonly [keyof Stores, StoreVariable][] = [
  ['data', 'DATA_STORE'],
  ['history', 'HISTORY_STORE'],
  ['session', 'SESSION_STORE'],
  ['bus', 'EVENT_BUS'],
];

/** Each store: reachable, latency, durability, what to mend. Opens for reading, beside a running server. */
export async function examine(): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [port, variable] of stores) {
    const store: Store = makeStore(port, variable, {
      env: env(),
      clock,
      logger: silentLogger,
      access: 'read',
    });
    findings.push(await examineOne(store, variable));
  }
  return findings;
}

async function examineOne(store: Store, variable: StoreVariable): Promise<Finding> {
  const adapter = schemeOf(env()[variable]);
  const started = performance.now();
  try {
    await store.open();
    await store.ping();
    const latencyMs = Math.round((performance.now() - started) * 100) / 100;
    const { durability } = store.traits;
    const history = variable === 'HISTORY_STORE' && durability === 'none';
    const advice = history
      ? { advice: 'messages are lost with the process; set HISTORY_STORE to a durable store' }
      : {};
    return { variable, adapter, reachable: true, durability, latencyMs, ...advice };
  } catch (error) {
    return { variable, adapter, reachable: false, advice: (error as Error).message };
  } finally {
    await store.close();
  }
}
