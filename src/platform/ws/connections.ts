import { hostname } from 'node:os';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Clock } from '#libs/kernel';
import { disconnects } from '#libs/protocol';
import type { Connection } from './connection.js';
import { Flusher } from './flusher.js';

/** Seconds between pings of the server; a pong is due before the next. */
export const pingSeconds = 25;
/** How long a socket may be open without a connect, ms. */
const connectWithinMs = 10_000;
/** How long after its token's expiry a client has to refresh it, seconds. */
export const refreshGraceSeconds = 25;

/** Every connection of this process, and what is done to all of them: pings, deadlines, draining. */
@Injectable()
export class Connections implements OnModuleInit, OnApplicationShutdown {
  /** Names this process among the replicas. */
  readonly node = `${hostname()}-${process.pid}`;
  readonly flusher = new Flusher();
  private readonly all = new Set<Connection>();
  private timer: NodeJS.Timeout | undefined;
  private tick = 0;

  constructor(private readonly clock: Clock) {}

  onModuleInit(): void {
    this.timer = setInterval(() => this.sweep(), 1000).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  get size(): number {
    return this.all.size;
  }

  [Symbol.iterator](): IterableIterator<Connection> {
    return this.all.values();
  }

  add(connection: Connection): void {
    this.all.add(connection);
  }

  remove(connection: Connection): void {
    this.all.delete(connection);
  }

  /** Closes every connection with `shutdown`, evenly spread over `seconds`, in small batches. */
  async drain(seconds: number): Promise<void> {
    const leaving = [...this.all];
    const batches = Math.max(1, Math.min(leaving.length, seconds * 10));
    const size = Math.ceil(leaving.length / batches);
    for (let at = 0; at < leaving.length; at += size) {
      for (const connection of leaving.slice(at, at + size)) connection.close(disconnects.shutdown);
      if (at + size < leaving.length) {
        await new Promise((resolve) => setTimeout(resolve, (seconds * 1000) / batches));
      }
    }
  }

  /** One pass a second serves all connections: pings are spread by the second a connection was opened in. */
  private sweep(): void {
    this.tick = (this.tick + 1) % pingSeconds;
    const now = this.clock.now();
    for (const connection of this.all) {
      if (!connection.identity) {
        if (now - connection.openedAt > connectWithinMs) connection.close(disconnects.stale);
        continue;
      }
      if (now > (connection.identity.expiresAt + refreshGraceSeconds) * 1000) {
        connection.close(disconnects.expired);
        continue;
      }
      if (Math.floor(connection.openedAt / 1000) % pingSeconds !== this.tick) continue;
      if (connection.awaitingPong) {
        connection.close(disconnects.noPong);
      } else {
        connection.awaitingPong = true;
        connection.line('{}');
      }
    }
  }
}
