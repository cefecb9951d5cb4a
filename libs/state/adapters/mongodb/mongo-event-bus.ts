import {
  EventBus,
  type HintHandler,
  type Inspection,
  type StoreOptions,
  StoreUnavailable,
} from '#libs/state';
import { Handle } from './handle.js';
import { HintFeed } from './hint-feed.js';
import { HintSender } from './hint-sender.js';
import { inspect } from './inspect.js';

/**
 * Hints are documents of one collection. Every process hears them by one change stream, and where
 * the server has none, by asking for new ones again and again.
 */
export class MongoEventBus extends EventBus {
  readonly adapter = 'mongodb';
  private readonly handle: Handle;
  private readonly sender: HintSender;
  private feed: HintFeed | undefined;
  private readonly topics = new Map<string, Set<{ handler: HintHandler }>>();

  constructor(private readonly options: StoreOptions) {
    super();
    this.handle = new Handle(options);
    this.sender = new HintSender(this.handle);
  }

  get traits() {
    return this.handle.traits;
  }

  async open(): Promise<void> {
    await this.handle.enter();
    this.feed ??= new HintFeed(this.handle, (topic, payload) => this.deliver(topic, payload));
  }

  async close(): Promise<void> {
    const { feed } = this;
    this.feed = undefined;
    this.topics.clear();
    await feed?.end();
    await this.handle.leave();
  }

  ping(): Promise<void> {
    return this.handle.ping();
  }

  async inspect(): Promise<Inspection> {
    const polls = await this.handle.read(() => this.listening().polls());
    return inspect(
      this.handle,
      polls
        ? [
            {
              level: 'warning',
              what: 'the server refuses change streams: hints between replicas are polled for',
              advice: 'run a replica set, of one member at least',
            },
          ]
        : [],
    );
  }

  async publish(topic: string, payload: string): Promise<void> {
    await this.handle.write(() => this.sender.send(topic, payload));
  }

  async subscribe(topic: string, handler: HintHandler): Promise<() => Promise<void>> {
    const entry = { handler };
    const feed = this.listening();
    const handlers = this.topics.get(topic) ?? new Set();
    this.topics.set(topic, handlers);
    handlers.add(entry);
    const end = async () => {
      handlers.delete(entry);
      if (handlers.size === 0 && this.topics.get(topic) === handlers) this.topics.delete(topic);
    };
    try {
      await this.handle.read(() => feed.inForce());
    } catch (error) {
      await end();
      throw error;
    }
    return end;
  }

  private listening(): HintFeed {
    if (!this.feed) throw new StoreUnavailable(`${this.options.variable} (mongodb) is closed`);
    return this.feed;
  }

  private deliver(topic: string, payload: string): void {
    for (const { handler } of [...(this.topics.get(topic) ?? [])]) {
      try {
        handler(payload);
      } catch (error) {
        this.options.logger.error({ err: error, topic }, 'a handler of the event bus threw');
      }
    }
  }
}
