import type { Subscription } from '@nats-io/transport-node';
import {
  EventBus,
  type Finding,
  type HintHandler,
  type Inspection,
  type StoreOptions,
  Topics,
  type Traits,
} from '#libs/state';
import { toStateError } from './nats-errors.js';
import { NatsLink } from './nats-link.js';

/** What the port promises to carry, bytes. */
const promisedBytes = 1024 * 1024;

/** Hints by core NATS: at most once, no stream and nothing kept. A topic is a subject. */
export class NatsEventBus extends EventBus {
  readonly adapter = 'nats';
  readonly traits: Traits = {
    durable: false,
    shared: true,
    expiry: 'lazy',
    durability: 'none',
  };
  private readonly link: NatsLink;
  private readonly topics: Topics;
  /** One of the server's for each topic, however many listen here. */
  private readonly subscriptions = new Map<string, Subscription>();

  constructor(private readonly options: StoreOptions) {
    super();
    this.topics = new Topics(options.logger);
    this.link = new NatsLink(options, () => this.gapEnded());
  }

  open(): Promise<void> {
    return this.link.open();
  }

  async close(): Promise<void> {
    await this.link.close();
    this.subscriptions.clear();
    this.topics.clear();
  }

  async ping(): Promise<void> {
    await this.link.taken();
  }

  async inspect(): Promise<Inspection> {
    await this.link.taken();
    const { version = 'unknown', max_payload = promisedBytes } = this.link.connection.info ?? {};
    const findings: Finding[] =
      max_payload < promisedBytes
        ? [
            {
              level: 'warning',
              what: `max_payload is ${max_payload}: longer hints are not sent, and other replicas read the store for them`,
              advice: 'set max_payload to 1MB, the default',
            },
          ]
        : [];
    return { version: `NATS ${version}`, pendingMigrations: 0, findings };
  }

  async publish(topic: string, payload: string): Promise<void> {
    const { connection, url } = this.link;
    try {
      connection.publish(subjectOf(url.prefix, topic), payload);
    } catch (error) {
      throw toStateError(error, this.options.variable);
    }
    await this.link.taken();
  }

  async subscribe(topic: string, handler: HintHandler): Promise<() => Promise<void>> {
    const { connection, url } = this.link;
    const end = this.topics.add(topic, handler);
    const leave = async () => {
      if (!end()) return;
      const subscription = this.subscriptions.get(topic);
      this.subscriptions.delete(topic);
      subscription?.unsubscribe();
    };
    if (!this.subscriptions.has(topic)) {
      const callback = (error: Error | null, message: { string(): string }) => {
        if (error) this.options.logger.error({ err: error, topic }, 'the subscription was refused');
        else this.topics.deliver(topic, message.string());
      };
      this.subscriptions.set(
        topic,
        connection.subscribe(subjectOf(url.prefix, topic), { callback }),
      );
    }
    try {
      await this.link.taken();
    } catch (error) {
      await leave();
      throw error;
    }
    return leave;
  }
}

/** One token below the prefix: dots, wildcards and white space would mean something else. */
const subjectOf = (prefix: string, topic: string): string =>
  `${prefix}.${encodeURIComponent(topic).replace(/[.*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)}`;
