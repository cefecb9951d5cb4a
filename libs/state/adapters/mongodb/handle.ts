import type { Collection, Document } from 'mongodb';
import {
  defaultTimeoutMs,
  type Durability,
  StoreMisconfigured,
  type StoreOptions,
  StoreUnavailable,
  type Traits,
  withoutPassword,
  within,
} from '#libs/state';
import { Deployment } from './deployment.js';
import { translate } from './errors.js';

/** The deployment of one store, between open() and close(). */
export class Handle {
  private held: Deployment | undefined;
  private entering: Promise<void> | undefined;
  private durability: Durability = 'replicated';
  private readonly underWay = new Set<Promise<unknown>>();
  readonly timeoutMs: number;
  private readonly where: string;

  constructor(readonly options: StoreOptions) {
    this.timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    this.where = withoutPassword(options.url);
  }

  /**
   * What the deployment really gives, a majority of a set or the journal of one server, as it was
   * when last opened; before that, what is advised.
   */
  get traits(): Traits {
    return { durable: true, shared: true, expiry: 'lazy', durability: this.durability };
  }

  async enter(): Promise<void> {
    if (this.held) return;
    this.entering ??= Deployment.acquire(this.options)
      .then((deployment) => {
        this.held = deployment;
        this.durability = deployment.replicates ? 'replicated' : 'fsync';
      })
      .finally(() => {
        this.entering = undefined;
      });
    await this.entering;
  }

  /** Waits for what is under way, for no longer than a call may take. */
  async leave(): Promise<void> {
    const deployment = this.held;
    this.held = undefined;
    if (!deployment) return;
    await Promise.allSettled(this.underWay);
    await deployment.release();
  }

  /** @throws StoreUnavailable before open() and after close() */
  get deployment(): Deployment {
    if (!this.held) throw new StoreUnavailable(`${this.options.variable} (mongodb) is closed`);
    return this.held;
  }

  collection<T extends Document>(name: string): Collection<T> {
    return this.deployment.collection<T>(name);
  }

  get now(): number {
    return this.options.clock.now();
  }

  /** `work` within the deadline, with the port's errors only. */
  async read<T>(work: () => Promise<T>): Promise<T> {
    const { deployment: _open } = this;
    const done = within(this.timeoutMs, `${this.options.variable}: ${this.where}`, work());
    this.underWay.add(done);
    try {
      return await done;
    } catch (error) {
      throw translate(error, this.options.variable, this.where);
    } finally {
      this.underWay.delete(done);
    }
  }

  /** As read(), for what changes something. */
  async write<T>(work: () => Promise<T>): Promise<T> {
    this.checkWritable();
    return this.read(work);
  }

  /** @throws StoreMisconfigured */
  checkWritable(): void {
    const { deployment: _open } = this;
    if (this.options.access === 'read')
      throw new StoreMisconfigured(
        `${this.options.variable}: ${this.where} is opened for reading only`,
      );
  }

  async ping(): Promise<void> {
    await this.read(() => this.deployment.db.command({ ping: 1 }));
  }
}
