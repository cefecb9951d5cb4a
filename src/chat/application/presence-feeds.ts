import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Clock, type Logger, type Millis } from '#libs/kernel';
import { EventBus } from '#libs/state';
import { LOGGER } from '../../platform/logging/logger.js';
import { type Connection, Connections } from '../../platform/ws/index.js';
import { PresenceFeed } from './presence-feed.js';
import { RoomSessions } from './room-sessions.js';

/** One topic for all rooms: a replica says at once where presence changed, however many rooms it is. */
const topic = 'presence';
/** How long changes are collected before other replicas are told, ms. */
const collectMs = 250;
/** Rooms in one hint. */
const perHint = 500;
/**
 * A connection that was not renewed for so long is gone, ms: how long a dead replica's linger. A
 * replica that was not heard for so long may be dead, and the rooms it is in are read again.
 */
export const ttlMs = 30_000;
/** How often silent replicas are looked for, ms, and how many rooms are read again for it. */
const lookEveryMs = 2000;
const perLook = 200;

interface Hint {
  node: string;
  rooms: string[];
}

/** What a connection that watches a room holds. */
export interface Watch {
  /** From here on it is pushed joins and leaves. */
  attach(): void;
  end(): void;
}

/** The presence feeds of rooms that somebody here watches, and the hints between replicas that wake them. */
@Injectable()
export class PresenceFeeds implements OnModuleInit, OnApplicationShutdown {
  private readonly feeds = new Map<string, { feed: PresenceFeed; watches: number }>();
  private readonly heard = new Map<string, Millis>();
  private changes = new Set<string>();
  private collecting: NodeJS.Timeout | undefined;
  private looking: NodeJS.Timeout | undefined;
  private leave: (() => Promise<void>) | undefined;

  constructor(
    private readonly sessions: RoomSessions,
    private readonly bus: EventBus,
    private readonly connections: Connections,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    if (!this.bus.traits.shared) return;
    this.leave = await this.bus.subscribe(topic, (payload) =>
      this.hear(JSON.parse(payload) as Hint),
    );
    this.looking = setInterval(() => this.look(), lookEveryMs).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.looking);
    clearTimeout(this.collecting);
    await this.leave?.();
  }

  /** @throws StoreUnavailable */
  async watch(room: string, connection: Connection): Promise<Watch> {
    const entry = this.feeds.get(room) ?? { feed: this.made(room), watches: 0 };
    this.feeds.set(room, entry);
    entry.watches += 1;
    const end = (): void => {
      entry.feed.detach(connection);
      entry.watches -= 1;
      if (entry.watches > 0) return;
      entry.feed.stop();
      this.feeds.delete(room);
    };
    try {
      await entry.feed.begin();
    } catch (error) {
      end();
      throw error;
    }
    return { attach: () => entry.feed.attach(connection), end };
  }

  /** Connections of this process entered or left `rooms`, and the store has it. */
  changed(rooms: Iterable<string>): void {
    for (const room of rooms) {
      this.feeds.get(room)?.feed.touch();
      if (this.bus.traits.shared) this.changes.add(room);
    }
    if (this.changes.size > 0)
      this.collecting ??= setTimeout(() => this.tellOthers(), collectMs).unref();
  }

  /** Tells the other replicas that this one lives. */
  beat(): void {
    if (this.bus.traits.shared) this.hint([]);
  }

  private made(room: string): PresenceFeed {
    return new PresenceFeed(
      room,
      () => this.sessions.in(room),
      () => this.clock.now(),
      this.logger,
    );
  }

  private tellOthers(): void {
    this.collecting = undefined;
    const rooms = [...this.changes];
    this.changes = new Set();
    for (let at = 0; at < rooms.length; at += perHint) this.hint(rooms.slice(at, at + perHint));
  }

  private hint(rooms: string[]): void {
    const hint: Hint = { node: this.connections.node, rooms };
    this.bus
      .publish(topic, JSON.stringify(hint))
      .catch((error: unknown) =>
        this.logger.warn({ err: error }, 'presence hint not sent; others will find out later'),
      );
  }

  private hear({ node, rooms }: Hint): void {
    if (node === this.connections.node) return;
    this.heard.set(node, this.clock.now());
    for (const room of rooms) this.feeds.get(room)?.feed.touch();
  }

  /** Wakes feeds of rooms in which a replica has connections that was not heard of for longer than they last. */
  private look(): void {
    const now = this.clock.now();
    for (const [node, at] of this.heard) if (now - at > 10 * ttlMs) this.heard.delete(node);
    let left = perLook;
    for (const { feed } of this.feeds.values()) {
      if (
        now - feed.readAt < lookEveryMs ||
        ![...feed.nodes].some((node) => this.silent(node, now))
      )
        continue;
      feed.touch();
      if ((left -= 1) === 0) return;
    }
  }

  private silent(node: string, now: Millis): boolean {
    if (node === this.connections.node) return false;
    const heard = this.heard.get(node);
    // Its time begins when it is first seen, also where it was dead before this process began.
    if (heard === undefined) this.heard.set(node, now);
    return heard !== undefined && now - heard > ttlMs;
  }
}
