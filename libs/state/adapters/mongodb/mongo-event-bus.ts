import {
  EventBus,
  type HintHandler,
  type Inspection,
  type StoreOptions,
  StoreUnavailable,
  Topics,
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
  private readonly topics: Topics;

  constructor(private readonly options: StoreOptions) {
    super();
    this.topics = new Topics(options.logger);
    this.handle = new Handle(options);
    this.sender = new HintSender(this.handle);
  }

  get traits() {
    return this.handle.traits;
  }

  async open(): Promise<void> {
    await this.handle.enter();
    this.feed ??= new HintFeed(
      this.handle,
      (topic, payload) => this.topics.deliver(topic, payload),
      () => this.gapEnded(),
    );
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
    const feed = this.listening();
    const remove = this.topics.add(topic, handler);
    const end = async () => void remove();
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
}
