import { Injectable } from '@nestjs/common';
import { DataStore, EventBus, HistoryStore, SessionStore, type Store } from '#libs/state';

/** A store that takes longer is not one to send requests to, ms. */
const pingMs = 2000;

export interface StoreHealth {
  adapter: string;
  reachable: boolean;
  durability: string;
  latencyMs: number;
  detail?: string;
}

/** Whether each of the four stores answers, by port name. */
@Injectable()
export class StoreChecks {
  private readonly stores: Record<string, Store>;
  private underWay: Promise<Record<string, StoreHealth>> | undefined;

  constructor(data: DataStore, history: HistoryStore, session: SessionStore, bus: EventBus) {
    this.stores = { data, history, session, bus };
  }

  /** Asks now; who asks meanwhile gets the same answer, so that probes and scrapes do not add up. */
  look(): Promise<Record<string, StoreHealth>> {
    this.underWay ??= this.all().finally(() => (this.underWay = undefined));
    return this.underWay;
  }

  private async all(): Promise<Record<string, StoreHealth>> {
    const checks = Object.entries(this.stores).map(
      async ([name, store]) => [name, await check(store)] as const,
    );
    return Object.fromEntries(await Promise.all(checks));
  }
}

async function check(store: Store): Promise<StoreHealth> {
  const { adapter, traits } = store;
  const started = performance.now();
  const took = () => Math.round((performance.now() - started) * 100) / 100;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>(
    (_, reject) =>
      (timer = setTimeout(() => reject(new Error(`no answer within ${pingMs} ms`)), pingMs)),
  );
  try {
    await Promise.race([store.ping(), late]);
    return { adapter, reachable: true, durability: traits.durability, latencyMs: took() };
  } catch (error) {
    return {
      adapter,
      reachable: false,
      durability: traits.durability,
      latencyMs: took(),
      detail: (error as Error).message,
    };
  } finally {
    clearTimeout(timer);
  }
}
