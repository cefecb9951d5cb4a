import { freePort } from '../ports.js';
import { type RunningServer, servers } from '../servers/index.js';
import { until } from '../until.js';
import { told } from './told.js';

const slots = 16_384;

/** Three primaries that share the slots, from the same program as the single server. */
export class RedisCluster {
  private fresh = 0;

  private constructor(readonly nodes: readonly RunningServer[]) {}

  static async start(): Promise<RedisCluster> {
    const busPorts = [await freePort(), await freePort(), await freePort()];
    const nodes = await Promise.all(
      busPorts.map((port) =>
        servers.redis.own([
          ...['--cluster-enabled', 'yes', '--cluster-port', String(port)],
          // A primary that is gone takes its own slots with it and no others.
          ...['--cluster-require-full-coverage', 'no', '--cluster-node-timeout', '1000'],
        ]),
      ),
    );
    const cluster = new RedisCluster(nodes);
    try {
      await cluster.join(busPorts);
    } catch (error) {
      await cluster.dispose();
      throw error;
    }
    return cluster;
  }

  /** A key prefix nobody used. */
  freshUrl(): string {
    const [one, ...others] = this.nodes;
    const made = new URL(one?.url ?? '');
    const hosts = [made.host, ...others.map(({ port }) => `127.0.0.1:${port}`)].join(',');
    const { username, password } = made;
    this.fresh += 1;
    return `redis+cluster://${username}:${password}@${hosts}?prefix=test_${process.pid}_${this.fresh}`;
  }

  /** The index of the node that has a slot. */
  async ownerOf(slot: number): Promise<number> {
    const ranges = await told(this.nodes[0]?.url ?? '', (client) => client.cluster('SLOTS'));
    const range = ranges.find(([first, last]) => slot >= first && slot <= last);
    return this.nodes.findIndex(({ port }) => port === range?.[2]?.[1]);
  }

  /** Hands an empty slot to another node. */
  async move(slot: number, to: number): Promise<void> {
    const id = await told(this.nodes[to]?.url ?? '', (client) => client.cluster('MYID'));
    // The new owner first: it tells the others.
    const from = await this.ownerOf(slot);
    for (const node of [to, from])
      await told(this.nodes[node]?.url ?? '', (client) =>
        client.cluster('SETSLOT', slot, 'NODE', id),
      );
  }

  async whole(): Promise<void> {
    for (const { url } of this.nodes)
      await until('the cluster is whole', () =>
        told(url, async (client) => {
          const info = await client.cluster('INFO');
          return (
            info.includes('cluster_state:ok') &&
            info.includes(`cluster_slots_ok:${slots}`) &&
            info.includes('cluster_known_nodes:3')
          );
        }),
      );
  }

  async dispose(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.dispose()));
  }

  private async join(busPorts: readonly number[]): Promise<void> {
    const share = Math.ceil(slots / this.nodes.length);
    for (const [at, { url }] of this.nodes.entries()) {
      const last = Math.min((at + 1) * share, slots) - 1;
      await told(url, async (client) => {
        await client.call('CLUSTER', 'SET-CONFIG-EPOCH', at + 1);
        await client.call('CLUSTER', 'ADDSLOTSRANGE', at * share, last);
      });
    }
    await told(this.nodes[0]?.url ?? '', async (client) => {
      for (const [at, { port }] of this.nodes.entries())
        if (at > 0) await client.call('CLUSTER', 'MEET', '127.0.0.1', port, busPorts[at] ?? 0);
    });
    await this.whole();
  }
}
