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
/** How often a stopping process closes some of its connections, ms. */
const drainEveryMs = 100;
/** How long after the last was told goodbye the process waits for them to be gone, ms. */
const drainGraceMs = 5000;

/** Every connection of this process, and what is done to all of them: pings, deadlines, draining. */
@Injectable()
export class Connections implements OnModuleInit, OnApplicationShutdown {
  /** Names this process among the replicas. */
  readonly node = `${hostname()}-${process.pid}`;
  readonly flusher = new Flusher();
  /** How many were closed because their client did not read. */
  slow = 0;
  private readonly all = new Set<Connection>();
  private readonly ends: ((connection: Connection) => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private tick = 0;
  private emptied: () => void = () => undefined;

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

  /** `listener` hears of every connection whose socket is gone, once. */
  onEnd(listener: (connection: Connection) => void): void {
    this.ends.push(listener);
  }

  add(connection: Connection): void {
    this.all.add(connection);
  }

  remove(connection: Connection): void {
    if (!this.all.delete(connection)) return;
    if (connection.slow) this.slow += 1;
    for (const listener of this.ends) listener(connection);
    if (this.all.size === 0) this.emptied();
  }

  /**
   * Closes every connection with `shutdown`, spread over `seconds`, each when what it asked for is
   * answered. Batches come at random moments of equal slots: clients of several replicas that stop
   * together do not all connect again at once. Resolves when all are gone.
   */
  async drain(seconds: number): Promise<void> {
    const leaving = [...this.all];
    const slots = Math.min(leaving.length, Math.max(1, (seconds * 1000) / drainEveryMs));
    const size = Math.ceil(leaving.length / slots);
    const slotMs = (seconds * 1000 * size) / leaving.length;
    const began = performance.now();
    for (let at = 0, slot = 0; at < leaving.length; at += size, slot += 1) {
      if (slot > 0) await pause(began + (slot + Math.random()) * slotMs - performance.now());
      for (const connection of leaving.slice(at, at + size))
        connection.handOver(disconnects.shutdown);
    }
    await this.untilEmpty();
    for (const connection of this.all) connection.terminate();
  }

  private untilEmpty(): Promise<void> {
    if (this.all.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, drainGraceMs);
      this.emptied = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** One pass a second serves all connections: pings are spread by the second a connection was opened in. */
  private sweep(): void {
    this.tick = (this.tick + 1) % pingSeconds;
    const now = this.clock.now();
    const monotonic = performance.now();
    for (const connection of this.all) {
      if (connection.closed) connection.expire(monotonic);
      else this.look(connection, now);
    }
  }

  private look(connection: Connection, now: number): void {
    const { identity, openedAt } = connection;
    if (!identity) {
      if (now - openedAt > connectWithinMs) connection.close(disconnects.stale);
    } else if (now > (identity.expiresAt + refreshGraceSeconds) * 1000) {
      connection.close(disconnects.expired);
    } else if (Math.floor(openedAt / 1000) % pingSeconds === this.tick) {
      if (connection.awaitingPong) return connection.close(disconnects.noPong);
      connection.awaitingPong = true;
      connection.line('{}');
    }
  }
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
