import { Cluster, type Redis } from 'ioredis';
import {
  EventBus,
  type HintHandler,
  type Inspection,
  type StoreOptions,
  type Traits,
  within,
} from '#libs/state';
import { type ClientSettings, commonOptions, makeClient } from '../client.js';
import { tagged } from '../keys.js';
import { RedisLink } from '../link.js';
import { openingError } from '../redis-errors.js';
import { ShardedSubscribers } from './sharded-subscribers.js';
import { type Listening, Subscriber } from './subscriber.js';

interface Topic {
  handlers: Set<{ handler: HintHandler }>;
  /** When the server listens for us. */
  ready: Promise<void>;
}

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
  private readonly topics = new Map<string, Topic>();
  private subscribers: Subscriber | ShardedSubscribers | undefined;

  constructor(private readonly options: StoreOptions) {
    super();
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
    await this.link.call('publish', (client) =>
      client instanceof Cluster
        ? client.spublish(channel, payload)
        : client.publish(channel, payload),
    );
  }

  async subscribe(topic: string, handler: HintHandler): Promise<() => Promise<void>> {
    const channel = this.channel(topic);
    const entry = { handler };
    const known = this.topics.get(channel);
    const at = known ?? { handlers: new Set(), ready: this.ask(channel) };
    at.handlers.add(entry);
    this.topics.set(channel, at);
    try {
      await at.ready;
    } catch (error) {
      this.forget(channel, at, entry);
      throw error;
    }
    return async () => this.forget(channel, at, entry);
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

  private forget(channel: string, topic: Topic, entry: { handler: HintHandler }): void {
    topic.handlers.delete(entry);
    if (topic.handlers.size > 0 || this.topics.get(channel) !== topic) return;
    this.topics.delete(channel);
    this.subscribers?.unsubscribe(channel).catch((err: unknown) => {
      // What still comes for it finds no handler, and the next connection does not ask for it.
      this.options.logger.debug({ err, channel }, 'unsubscribing failed');
    });
  }

  private deliver(channel: string, payload: string): void {
    for (const { handler } of [...(this.topics.get(channel)?.handlers ?? [])]) {
      try {
        handler(payload);
      } catch (error) {
        this.options.logger.error({ err: error, channel }, 'a handler of the event bus threw');
      }
    }
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
      deliver: (channel, payload) => this.deliver(channel, payload),
      logger: this.options.logger,
    };
    const subscribers =
      client instanceof Cluster
        ? new ShardedSubscribers(client, commonOptions(url, settings), listening)
        : new Subscriber(makeClient(url, settings) as Redis, { ...listening, sharded: false });
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
