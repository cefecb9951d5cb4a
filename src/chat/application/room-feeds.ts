import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AppError, type Logger, newId } from '#libs/kernel';
import { unsubscribes } from '#libs/protocol';
import { type Appended, EventBus, HistoryStore, type NewEvent } from '#libs/state';
import { LOGGER } from '../../platform/logging/logger.js';
import { type Connection, Connections } from '../../platform/ws/index.js';
import { wireJson } from '../domain/events.js';
import { RoomFeed } from './room-feed.js';

/** How long a feed without receivers is kept, ms: a reader that comes back finds it warm. */
const graceMs = 10_000;

interface Open {
  feed: RoomFeed;
  close: () => Promise<void>;
  users: number;
  closing?: NodeJS.Timeout;
}

/** A hint: what one commit added to a room. `events` are wire JSON; control hints have none. */
interface Hint {
  node: string;
  epoch: string;
  first: number;
  events: string[];
  ephemeral?: string;
  /** The room is gone, or this user has to leave it. */
  ended?: { user?: string };
}

/** The feeds of the rooms that someone here listens to: one per room, one bus subscription each. */
@Injectable()
export class RoomFeeds implements OnApplicationShutdown {
  /** Tells own hints from others'. */
  private readonly node = newId();
  private readonly open = new Map<string, Promise<Open>>();
  private readonly live = new Map<string, RoomFeed>();
  /** Deliveries of feeds that are gone. */
  private past = 0;
  /** What is heard while a feed reads its first position. */
  private readonly early = new Map<string, Hint[]>();

  constructor(
    private readonly history: HistoryStore,
    private readonly bus: EventBus,
    private readonly connections: Connections,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  get size(): number {
    return this.live.size;
  }

  /** Events × receivers since the start. */
  get deliveries(): number {
    let total = this.past;
    for (const feed of this.live.values()) total += feed.deliveries;
    return total;
  }

  /** A feed that is subscribed to the bus; give it back with `release`. */
  async acquire(room: string): Promise<RoomFeed> {
    let opening = this.open.get(room);
    if (!opening) {
      opening = this.start(room);
      this.open.set(room, opening);
      opening.catch(() => this.open.get(room) === opening && this.open.delete(room));
    }
    const entry = await opening;
    if (entry.feed.stale) {
      this.forget(room, opening, entry);
      return this.acquire(room);
    }
    entry.users += 1;
    clearTimeout(entry.closing);
    return entry.feed;
  }

  release(feed: RoomFeed): void {
    const opening = this.open.get(feed.room);
    void opening?.then((entry) => {
      if (entry.feed !== feed) return;
      entry.users -= 1;
      if (entry.users > 0) return;
      entry.closing = setTimeout(
        () => entry.users === 0 && this.forget(feed.room, opening, entry),
        graceMs,
      ).unref();
    });
  }

  /** Delivers what a commit of this process stored, here and - as a hint - elsewhere. */
  committed(room: string, events: readonly NewEvent[], results: readonly Appended[]): void {
    let first: Appended | undefined;
    const lines: string[] = [];
    for (const [at, result] of results.entries()) {
      const event = events[at];
      if (!event || result.duplicate) continue;
      first ??= result;
      lines.push(wireJson(result.seq, event.body));
    }
    if (!first) return;
    const { epoch, seq } = first;
    this.live.get(room)?.deliver(epoch, seq, lines);
    if (this.early.size > 0)
      this.early.get(room)?.push({ node: this.node, epoch, first: seq, events: lines });
    this.hint(room, { epoch, first: seq, events: lines });
  }

  ephemeral(room: string, data: object): void {
    const json = JSON.stringify(data);
    this.live.get(room)?.ephemeral(json);
    this.hint(room, { ephemeral: json });
  }

  /** Ends subscriptions: a removed member's, or - without a user - everybody's. */
  end(room: string, user?: string): void {
    const ended = user === undefined ? {} : { user };
    this.endLocal(room, ended);
    this.hint(room, { ended });
  }

  async onApplicationShutdown(): Promise<void> {
    for (const [room, opening] of this.open) {
      const entry = await opening.catch(() => undefined);
      if (entry) this.forget(room, opening, entry);
    }
  }

  private async start(room: string): Promise<Open> {
    let feed: RoomFeed | undefined;
    const early: Hint[] = [];
    this.early.set(room, early);
    // Listening starts before the position is read: what is committed in between is heard.
    const close = await this.bus
      .subscribe(topic(room), (payload) => {
        const hint = JSON.parse(payload) as Hint;
        if (hint.node === this.node) return;
        if (feed) this.hear(feed, hint);
        else early.push(hint);
      })
      .catch((error: unknown) => {
        this.early.delete(room);
        throw error;
      });
    try {
      const position = (await this.history.positions([room])).get(room);
      if (!position) throw new AppError('not_found', `there is no room ${room}`);
      feed = new RoomFeed(room, position, this.history, this.connections.flusher, this.logger);
    } catch (error) {
      await close();
      throw error;
    } finally {
      this.early.delete(room);
    }
    this.live.set(room, feed);
    for (const hint of early) this.hear(feed, hint);
    return { feed, close, users: 0 };
  }

  private forget(room: string, opening: Promise<Open>, entry: Open): void {
    clearTimeout(entry.closing);
    if (this.open.get(room) === opening) this.open.delete(room);
    if (this.live.get(room) === entry.feed) this.live.delete(room);
    this.past += entry.feed.deliveries;
    entry.feed.deliveries = 0;
    entry
      .close()
      .catch((error: unknown) => this.logger.warn({ err: error, room }, 'leaving the bus failed'));
  }

  private hear(feed: RoomFeed, hint: Hint): void {
    if (hint.ended) this.endLocal(feed.room, hint.ended);
    else if (hint.ephemeral !== undefined) feed.ephemeral(hint.ephemeral);
    else feed.deliver(hint.epoch, hint.first, hint.events);
  }

  private endLocal(room: string, { user }: { user?: string }): void {
    const feed = this.live.get(room);
    if (user === undefined) feed?.endAll(unsubscribes.roomDeleted);
    else
      feed?.endAll(
        unsubscribes.noAccess,
        (connection: Connection) => connection.identity?.id === user,
      );
    if (feed && user === undefined) feed.stale = true;
  }

  private hint(room: string, hint: Partial<Hint>): void {
    // A bus that no other process shares has nobody to tell.
    if (!this.bus.traits.shared) return;
    this.bus
      .publish(topic(room), JSON.stringify({ node: this.node, ...hint }))
      .catch((error: unknown) =>
        this.logger.warn(
          { err: error, room },
          'hint not sent; other replicas will read it from the store',
        ),
      );
  }
}

const topic = (room: string): string => `room:${room}`;
