import { silentLogger } from '#libs/kernel';
import {
  type Durability,
  type Finding,
  type Store,
  StoreMisconfigured,
  withoutPassword,
} from '#libs/state';
import type { Env } from '../../env.js';
import { makeStore, type StoreVariable, type Stores } from '../../platform/state/stores.js';
import { clock } from '../stores.js';
import { generalFindings } from './findings.js';

/** What `doctor` tells of one store. */
export interface Diagnosis {
  variable: StoreVariable;
  adapter: string;
  /** Without its password. */
  url: string;
  /** It answered; where it must not be used as it is, a finding says why. */
  reachable: boolean;
  version?: string;
  durability?: Durability;
  /** The median of a few pings, ms. */
  latencyMs?: number;
  /** The store's clock minus this machine's, ms. */
  clockSkewMs?: number;
  pendingMigrations?: number;
  findings: Finding[];
}

const stores: readonly [keyof Stores, StoreVariable][] = [
  ['data', 'DATA_STORE'],
  ['history', 'HISTORY_STORE'],
  ['session', 'SESSION_STORE'],
  ['bus', 'EVENT_BUS'],
];

const pings = 5;

/** Examines each store of the configuration. Opens for reading: beside running servers, migrating nothing. */
export const examine = (env: Env): Promise<Diagnosis[]> =>
  Promise.all(
    stores.map(([port, variable]) =>
      examineOne(
        makeStore(port, variable, { env, clock, logger: silentLogger, access: 'read' }),
        variable,
        env[variable],
      ),
    ),
  );

/** `store` is not open yet, and is closed afterwards. */
export async function examineOne(
  store: Store,
  variable: StoreVariable,
  url: string,
): Promise<Diagnosis> {
  const about = { variable, adapter: store.adapter, url: withoutPassword(url) };
  try {
    await store.open();
    const latencyMs = await latency(store);
    const seen = await store.inspect();
    const { durability } = store.traits;
    const findings = [...seen.findings, ...generalFindings(variable, durability, seen)];
    return { ...about, reachable: true, durability, latencyMs, ...seen, findings };
  } catch (error) {
    const misconfigured = error instanceof StoreMisconfigured;
    return {
      ...about,
      reachable: misconfigured,
      findings: [refusal(error as Error, misconfigured)],
    };
  } finally {
    await store.close();
  }
}

/** The adapter's own words, which say what to do. */
const refusal = ({ message }: Error, misconfigured: boolean): Finding => ({
  level: 'problem',
  what: message,
  advice: misconfigured
    ? 'until then servers with this configuration refuse to start'
    : 'see that the server runs, and that this machine may reach it at that address',
});

async function latency(store: Store): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < pings; count += 1) {
    const started = performance.now();
    await store.ping();
    times.push(performance.now() - started);
  }
  const median = times.sort((one, other) => one - other)[pings >> 1] ?? 0;
  return Math.round(median * 100) / 100;
}
