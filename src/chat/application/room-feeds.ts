import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { AppError, type Logger, newId } from '#libs/kernel';
import { unsubscribes } from '#libs/protocol';
import { type Appended, EventBus, HistoryStore } from '#libs/state';
import { LOGGER } from '../../platform/logging/logger.js';
import { Connections } from '../../platform/ws/index.js';
import { roomChannel } from '../domain/channels.js';
import { seqOf, wireJson } from '../domain/events.js';
import { type Hint, readHint } from '../domain/hints.js';
import { HeadWatch } from './head-watch.js';
import { Heads } from './heads.js';
import { HintOutbox } from './hint-outbox.js';
import { Recovery } from './recovery.js';
import { type FeedContext, RoomFeed } from './room-feed.js';

/** How long a feed without receivers is kept, ms: a reader that comes back finds it warm. */
const graceMs = 10_000;
/** How long a hint of what another replica stored before is waited for, ms; then the store is read. */
const hintPatienceMs = 25;

/** A room that somebody here may listen to. */
export interface OpenRoom {
  readonly feed: RoomFeed;
  readonly recovery: Recovery;
}

interface Entry extends OpenRoom {
  close: () => Promise<void>;
  users: number;
  closing?: NodeJS.Timeout;
}

/** The feeds of the rooms that someone here listens to: one per room, one bus subscription each. */
@Injectable()
export class RoomFeeds implements OnModuleInit, OnApplicationShutdown {
  /** Tells own hints from others'. */
  private readonly node = newId();
  private readonly open = new Map<string, Promise<Entry>>();
  private readonly live = new Map<string, RoomFeed>();
  /** Deliveries of feeds that are gone. */
  private past = 0;
  /** What is heard while a feed reads its first position. */
  private readonly early = new Map<string, Hint[]>();
  /** Absent where no other process shares the bus: there is nobody to tell. */
  private readonly outbox: HintOutbox | undefined;
  private readonly heads: Heads;
  private readonly watch: HeadWatch;
  private readonly context: FeedContext;

  constructor(
    private readonly history: HistoryStore,
    private readonly bus: EventBus,
    { flusher }: Connections,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const { shared } = bus.traits;
    if (shared) this.outbox = new HintOutbox(this.node, bus, flusher, logger);
    this.heads = new Heads(history);
    this.watch = new HeadWatch(() => this.live.values(), this.heads, history.traits.shared, logger);
    this.context = {
      history,
      heads: this.heads,
      flusher,
      logger,
      gapPatienceMs: shared ? hintPatienceMs : 0,
      left: (feed, user) => void this.left(feed, user),
    };
  }

  onModuleInit(): void {
    this.watch.start();
    this.bus.onGap(() => void this.watch.all());
  }

  get size(): number {
    return this.live.size;
  }

  /** Events × receivers since the start. */
  get deliveries(): number {
    let total = this.past;
    for (const feed of this.live.values()) total += feed.deliveries;
    return total;
  }

  /** A room that is subscribed to on the bus; give its feed back with `release`. @throws AppError not_found */
  async acquire(room: string): Promise<OpenRoom> {
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
    return entry;
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
  committed(room: string, body: string, { seq, epoch, duplicate }: Appended): void {
    const feed = this.live.get(room);
    // The first attempt's answer was lost, perhaps, and with it the delivery.
    if (duplicate) return feed?.epoch === epoch ? feed.hear(seq) : undefined;
    if (!feed && !this.outbox && this.early.size === 0) return;
    const line = wireJson(seq, body);
    feed?.deliver(epoch, seq, line);
    if (this.early.size > 0) this.early.get(room)?.push({ kind: 'events', epoch, lines: [line] });
    this.outbox?.event(room, epoch, line);
  }

  ephemeral(room: string, data: object): void {
    const json = JSON.stringify(data);
    this.live.get(room)?.ephemeral(json);
    this.outbox?.send(room, { kind: 'ephemeral', data: json });
  }

  /** Ends subscriptions: a removed member's, or - without a user - everybody's. */
  end(room: string, user?: string): void {
    const hint: Hint = { kind: 'ended', ...(user !== undefined && { user }) };
    const feed = this.live.get(room);
    if (feed) this.hear(feed, hint);
    this.outbox?.send(room, hint);
  }

  async onApplicationShutdown(): Promise<void> {
    this.watch.stop();
    for (const [room, opening] of this.open) {
      const entry = await opening.catch(() => undefined);
      if (entry) this.forget(room, opening, entry);
    }
  }

  private async start(room: string): Promise<Entry> {
    let feed: RoomFeed | undefined;
    const early: Hint[] = [];
    this.early.set(room, early);
    // Listening starts before the position is read: what is committed in between is heard.
    const close = await this.bus
      .subscribe(roomChannel(room), (payload) => {
        const hint = readHint(this.node, payload);
        if (!hint) return;
        if (feed) this.hear(feed, hint);
        else early.push(hint);
      })
      .catch((error: unknown) => {
        this.early.delete(room);
        throw error;
      });
    try {
      const position = await this.heads.of(room);
      if (!position) throw new AppError('not_found', `there is no room ${room}`);
      feed = new RoomFeed(room, position, this.context);
    } catch (error) {
      await close();
      throw error;
    } finally {
      this.early.delete(room);
    }
    this.live.set(room, feed);
    for (const hint of early) this.hear(feed, hint);
    return { feed, recovery: new Recovery(feed, this.history), close, users: 0 };
  }

  private forget(room: string, opening: Promise<Entry>, entry: Entry): void {
    clearTimeout(entry.closing);
    if (this.open.get(room) === opening) this.open.delete(room);
    if (this.live.get(room) === entry.feed) this.live.delete(room);
    this.past += entry.feed.deliveries;
    entry.feed.deliveries = 0;
    entry.feed.close();
    entry.recovery.close();
    entry
      .close()
      .catch((error: unknown) => this.logger.warn({ err: error, room }, 'leaving the bus failed'));
  }

  private hear(feed: RoomFeed, hint: Hint): void {
    if (hint.kind === 'events')
      for (const line of hint.lines) feed.deliver(hint.epoch, seqOf(line), line);
    else if (hint.kind === 'ephemeral') feed.ephemeral(hint.data);
    else if (hint.user !== undefined) feed.end(unsubscribes.noAccess, hint.user);
    else {
      feed.close();
      feed.end(unsubscribes.roomDeleted);
    }
  }

  /** The hint that a member has to leave may be lost; the log says so too, and may have been overtaken. */
  private async left(feed: RoomFeed, user: string): Promise<void> {
    const member = await this.history.member(feed.room, user).catch(() => undefined);
    if (member === null) feed.end(unsubscribes.noAccess, user);
    // Where the store cannot tell, whoever subscribes again is asked for access again.
    else if (member === undefined) feed.end(unsubscribes.insufficientState, user);
  }
}
