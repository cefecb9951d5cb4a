import { Cluster, type Redis } from 'ioredis';
import {
  EventBus,
  type HintHandler,
  type Inspection,
  type StoreOptions,
  Topics,
  type Traits,
  within,
} from '#libs/state';
import { type ClientSettings, commonOptions, makeClient } from '../client.js';
import { tagged } from '../keys.js';
import { RedisLink } from '../link.js';
import { openingError } from '../redis-errors.js';
import { ShardedSubscribers } from './sharded-subscribers.js';
import { type Listening, Subscriber } from './subscriber.js';

/** Hints by publish and subscribe; on a cluster by its sharded kind, so that a hint stays with its shard. */
export class RedisEventBus extends EventBus {
  readonly adapter = 'redis';
  readonly traits: Traits = {
    durable: false,
    shared: true,
    expiry: 'lazy',
    durability: 'none',
  };
  private readonly link: RedisLink;
  private readonly topics: Topics;
  /** By channel: when the server listens for us. */
  private readonly asked = new Map<string, Promise<void>>();
  private subscribers: Subscriber | ShardedSubscribers | undefined;

  constructor(private readonly options: StoreOptions) {
    super();
    this.topics = new Topics(options.logger);
    this.link = new RedisLink(options, 'bus');
  }

  async open(): Promise<void> {
    if (this.subscribers) return;
    await this.link.open();
    await this.listen().catch(async (error: unknown) => {
      await this.link.close();
      throw error;
    });
  }

  async close(): Promise<void> {
    this.subscribers?.close();
    this.subscribers = undefined;
    this.topics.clear();
    this.asked.clear();
    await this.link.close();
  }

  ping(): Promise<void> {
    return this.link.ping();
  }

  inspect(): Promise<Inspection> {
    return this.link.inspect();
  }

  /** What one turn publishes goes out in one write. */
  async publish(topic: string, payload: string): Promise<void> {
    const channel = this.channel(topic);
    const { sharded } = this.link.url;
    await this.link.call('publish', (client) =>
      sharded ? client.spublish(channel, payload) : client.publish(channel, payload),
    );
  }

  async subscribe(topic: string, handler: HintHandler): Promise<() => Promise<void>> {
    const channel = this.channel(topic);
    const end = this.topics.add(channel, handler);
    const leave = async () => {
      if (end()) this.forget(channel);
    };
    const ready = this.asked.get(channel) ?? this.ask(channel);
    this.asked.set(channel, ready);
    try {
      await ready;
    } catch (error) {
      await leave();
      throw error;
    }
    return leave;
  }

  private channel(topic: string): string {
    return `${this.link.url.prefix}:bus:${tagged(topic)}`;
  }

  private ask(channel: string): Promise<void> {
    const ready = this.link.call('subscribe', async () => {
      await this.subscribers?.subscribe(channel);
    });
    ready.catch(() => undefined); // each subscriber of the topic is told
    return ready;
  }

  private forget(channel: string): void {
    this.asked.delete(channel);
    this.subscribers?.unsubscribe(channel).catch((err: unknown) => {
      // What still comes for it finds no handler, and the next connection does not ask for it.
      this.options.logger.debug({ err, channel }, 'unsubscribing failed');
    });
  }

  private async listen(): Promise<void> {
    const { client, url, timeoutMs } = this.link;
    let opened = false;
    const settings: ClientSettings = {
      timeoutMs,
      persistent: () => opened,
      name: 'maxiaoke-subscriber',
    };
    const listening: Omit<Listening, 'sharded'> = {
      deliver: (channel, payload) => this.topics.deliver(channel, payload),
      again: () => this.gapEnded(),
      logger: this.options.logger,
    };
    const subscribers =
      client instanceof Cluster
        ? new ShardedSubscribers(client, commonOptions(url, settings), listening)
        : new Subscriber(makeClient(url, settings) as Redis, {
            ...listening,
            sharded: url.sharded,
          });
    try {
      await within(timeoutMs, this.link.name, subscribers.open());
    } catch (error) {
      subscribers.close();
      throw openingError(error, [], { what: this.link.name, tls: url.tls });
    }
    opened = true;
    this.subscribers = subscribers;
  }
}
