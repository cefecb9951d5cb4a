import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TcpProxy } from '../../support/proxy.js';
import { authSecret } from '../../support/server.js';
import { folderOf } from '../../support/servers/left-behind.js';
import type { RunningServer } from '../../support/servers/running-server.js';
import type { KindName } from '../../support/servers/server-kind.js';
import { pause } from '../../support/until.js';
import type { ExitRecord } from '../record.js';
import { startServers, storesOf } from './places.js';
import { Replica } from './replica.js';

/** The wires of one replica. */
export interface Wires {
  clients: TcpProxy;
  /** One for each place it keeps its stores in. */
  stores: TcpProxy[];
  bus: TcpProxy;
}

const variables = {
  HOST: '127.0.0.1',
  AUTH_SECRET: authSecret,
  DEMO: 'off',
  RATE_LIMIT: 'off',
  LOG_LEVEL: 'info',
};

/** Replicas over the servers of a profile, every wire between them a proxy. Ends with `dispose`. */
export class Deployment {
  readonly dir = mkdtempSync(folderOf('chaos'));
  readonly replicas: Replica[] = [];
  readonly wires: Wires[] = [];
  readonly exits: ExitRecord[] = [];
  servers = new Map<KindName, RunningServer>();

  /** `clock` gives ms from the start of the run. */
  constructor(private readonly clock: () => number) {}

  async start(profile: string, count: number, drainSeconds: number): Promise<void> {
    const stores = storesOf(profile);
    const { servers, places } = await startServers(stores);
    this.servers = servers;
    for (let number = 0; number < count; number += 1) {
      const proxies = new Map<string, TcpProxy>();
      const wired: Record<string, string> = {};
      for (const [variable, url] of Object.entries(stores)) {
        const place = places.get(url) ?? url;
        const key = variable === 'EVENT_BUS' ? variable : place;
        const proxy = proxies.get(key) ?? (await TcpProxy.to(place));
        proxies.set(key, proxy);
        wired[variable] = proxy.through(place);
      }
      const replica = await Replica.make(
        number,
        join(this.dir, `replica-${number}`),
        { ...variables, ...wired, REPLICAS: String(count), DRAIN_SECONDS: String(drainSeconds) },
        (exit) => this.exits.push({ at: this.clock(), ...exit }),
      );
      this.replicas.push(replica);
      const { EVENT_BUS: bus, ...others } = Object.fromEntries(proxies);
      if (!bus) throw new Error(`the profile ${profile} has no event bus`);
      const clients = await TcpProxy.to(replica.url);
      this.wires.push({ clients, stores: Object.values(others), bus });
    }
    await Promise.all(this.replicas.map((replica) => replica.start()));
  }

  /** Base URLs by way of the wires that clients use. */
  get urls(): string[] {
    return this.wires.map(({ clients }) => `http://127.0.0.1:${clients.port}`);
  }

  /** Resolves when every replica says that it is ready; rejects after `ms`. */
  async allReady(ms: number): Promise<void> {
    const deadline = Date.now() + ms;
    for (const replica of this.replicas)
      while (!(await replica.ready())) {
        if (Date.now() > deadline)
          throw new Error(`replica ${replica.number} is not ready ${ms} ms after the last fault`);
        await pause(100);
      }
  }

  /** Nothing of it is left: no process, no listener, no folder. */
  async dispose(): Promise<void> {
    await Promise.all(this.replicas.map((replica) => replica.kill()));
    const wires = this.wires.flatMap(({ clients, stores, bus }) => [clients, bus, ...stores]);
    await Promise.all(wires.map((wire) => wire.close()));
    await Promise.all([...this.servers.values()].map((server) => server.dispose()));
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** The same without waiting, for a program that is about to end. */
  killNow(): void {
    for (const replica of this.replicas) replica.killNow();
    for (const server of this.servers.values()) server.disposeNow();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
