import { type Cluster, Redis } from 'ioredis';
import { StoreUnavailable } from '#libs/state';
import type { commonOptions } from '../client.js';
import { type Listening, Subscriber } from './subscriber.js';
import { slotOf } from './slot.js';

/**
 * Sharded channels belong to slots, so a cluster needs a listening connection to each primary that
 * has one of them, and channels move when slots do.
 */
export class ShardedSubscribers {
  private readonly nodes = new Map<string, Subscriber>();
  /** Where each channel is listened to. */
  private readonly routes = new Map<string, string>();
  private readonly reroute = () => this.move();

  constructor(
    private readonly cluster: Cluster,
    private readonly options: ReturnType<typeof commonOptions>,
    private readonly listening: Omit<Listening, 'sharded'>,
  ) {}

  async open(): Promise<void> {
    // The cluster client reads the slots again every two seconds, and whenever it is redirected.
    this.cluster.on('refresh', this.reroute);
  }

  async subscribe(channel: string): Promise<void> {
    const node = this.nodeOf(channel);
    if (node === undefined) throw new StoreUnavailable(`no primary has the slot of ${channel}`);
    this.routes.set(channel, node);
    await this.at(node).subscribe(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    const node = this.routes.get(channel);
    this.routes.delete(channel);
    if (node !== undefined) await this.nodes.get(node)?.unsubscribe(channel);
  }

  close(): void {
    this.cluster.off('refresh', this.reroute);
    for (const node of this.nodes.values()) node.close();
    this.nodes.clear();
    this.routes.clear();
  }

  private move(): void {
    for (const [channel, from] of this.routes) {
      const to = this.nodeOf(channel);
      if (to === undefined || to === from) continue;
      this.routes.set(channel, to);
      const moved = (err: unknown) => this.listening.logger.debug({ err, channel }, 'moving');
      this.nodes.get(from)?.unsubscribe(channel).catch(moved);
      // A failure is made good when the connection comes up: the subscriber remembers its channels.
      this.at(to).subscribe(channel).catch(moved);
    }
    const used = new Set(this.routes.values());
    for (const [key, node] of this.nodes) {
      if (used.has(key)) continue;
      node.close();
      this.nodes.delete(key);
    }
  }

  private nodeOf(channel: string): string | undefined {
    return this.cluster.slots[slotOf(channel)]?.[0];
  }

  private at(key: string): Subscriber {
    const known = this.nodes.get(key);
    if (known) return known;
    const colon = key.lastIndexOf(':');
    const connection = new Redis({
      ...this.options,
      host: key.slice(0, colon),
      port: Number(key.slice(colon + 1)),
      retryStrategy: (attempt) => Math.min(50 * attempt, 500),
    });
    connection.on('moved', () => this.cluster.refreshSlotsCache());
    const node = new Subscriber(connection, { ...this.listening, sharded: true });
    this.nodes.set(key, node);
    return node;
  }
}
