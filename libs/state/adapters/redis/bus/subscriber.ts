import type { Redis } from 'ioredis';
import type { Logger } from '#libs/kernel';
import { within } from '#libs/state';
import { drop } from '../client.js';

/** A connection that only listens would not notice a peer that vanished without a word. */
const heartbeatMs = 3000;
const retryMs = 300;

export interface Listening {
  /** Sharded channels: SSUBSCRIBE. */
  sharded: boolean;
  deliver: (channel: string, payload: string) => void;
  /** All channels are listened to on a new connection. */
  again: () => void;
  logger: Logger;
}

/** One dedicated connection that listens to channels, and to all of them again after it was lost. */
export class Subscriber {
  private readonly channels = new Set<string>();
  private readonly heartbeat: NodeJS.Timeout;
  private beating = false;

  constructor(
    readonly connection: Redis,
    private readonly listening: Listening,
  ) {
    connection.on('error', (err: Error) => listening.logger.debug({ err }, 'redis subscriber'));
    connection.on(listening.sharded ? 'smessage' : 'message', listening.deliver);
    connection.on('ready', () => this.again());
    this.heartbeat = setInterval(() => this.beat(), heartbeatMs).unref();
  }

  async open(): Promise<void> {
    await this.connection.connect();
  }

  /** Resolves once the server says so. */
  async subscribe(channel: string): Promise<void> {
    this.channels.add(channel);
    await this.send('subscribe', [channel]);
  }

  async unsubscribe(channel: string): Promise<void> {
    this.channels.delete(channel);
    if (this.connection.status === 'ready') await this.send('unsubscribe', [channel]);
  }

  close(): void {
    clearInterval(this.heartbeat);
    this.channels.clear();
    this.connection.disconnect();
  }

  private send(command: 'subscribe' | 'unsubscribe', channels: string[]): Promise<unknown> {
    if (!this.listening.sharded) return this.connection[command](...channels);
    // Channels of one command have to share a slot.
    return Promise.all(channels.map((channel) => this.connection[`s${command}`](channel)));
  }

  private again(): void {
    if (this.channels.size === 0) return;
    this.send('subscribe', [...this.channels]).then(this.listening.again, (err: unknown) => {
      this.listening.logger.debug({ err }, 'listening again failed');
      // A lost connection comes up again by itself; one that stays has a server that is not ready yet.
      setTimeout(() => this.connection.status === 'ready' && this.again(), retryMs).unref();
    });
  }

  private beat(): void {
    if (this.beating || this.connection.status !== 'ready') return;
    this.beating = true;
    within(heartbeatMs, 'PING', this.connection.ping())
      .catch(() => drop(this.connection))
      .finally(() => (this.beating = false));
  }
}
