import type { Logger } from '#libs/kernel';
import { type Unsubscribe, unsubscribes } from '#libs/protocol';
import type { HistoryStore, Position } from '#libs/state';
import {
  type Connection,
  type Flushable,
  type Flusher,
  textFrame,
} from '../../platform/ws/index.js';
import { roomChannel } from '../domain/channels.js';
import { leaverOf, wireJson } from '../domain/events.js';
import type { Heads } from './heads.js';
import { RecentEvents } from './recent-events.js';

/** Events of one read; a gap is closed by as many reads as it takes. */
const readLimit = 1000;
/** Events held that came ahead of their turn; beyond, the store is read for them. */
const maxEarly = 4096;

/** What a feed needs of its surroundings. */
export interface FeedContext {
  history: HistoryStore;
  heads: Heads;
  flusher: Flusher;
  logger: Logger;
  /** How long an event that is missing may still come by itself, ms: others' commits are told by the bus. */
  gapPatienceMs: number;
  /** The log says that a member left who listens here. */
  left: (feed: RoomFeed, user: string) => void;
}

/**
 * What this process delivers of one room: an unbroken run of events, in order of seq, from the
 * position it was opened at. Whatever arrives - own commits, hints of other replicas, in any order,
 * with gaps or repeats - only the next seq is delivered; a gap is read from the store.
 *
 * Events of one turn of the event loop leave as one frame, built once, shared by all receivers.
 */
export class RoomFeed implements Flushable {
  readonly channel: string;
  readonly epoch: string;
  readonly recent: RecentEvents;
  private readonly receivers = new Set<Connection>();
  /** Events that came before those below them. */
  private readonly early = new Map<number, string>();
  /** The highest seq that is known to be in the log. */
  private heard: number;
  private pending: string[] = [];
  private gap: NodeJS.Timeout | undefined;
  private catchingUp: Promise<void> | undefined;
  private readonly prefix: string;
  /** Set once it cannot go on; whoever subscribes next opens a new one. */
  stale = false;
  /** Events × receivers, since the start. */
  deliveries = 0;

  constructor(
    readonly room: string,
    position: Position,
    private readonly context: FeedContext,
  ) {
    this.channel = roomChannel(room);
    this.prefix = `{"push":{"channel":${JSON.stringify(this.channel)},"pub":{"data":`;
    this.epoch = position.epoch;
    this.recent = new RecentEvents(position.head);
    this.heard = position.head;
  }

  get position(): Position {
    return { epoch: this.epoch, head: this.recent.last };
  }

  get size(): number {
    return this.receivers.size;
  }

  /** Whether the log is known to hold more than could be delivered. */
  get behind(): boolean {
    return this.heard > this.recent.last && !this.stale;
  }

  /** Takes one event as wire JSON: of an own commit or of a hint. */
  deliver(epoch: string, seq: number, event: string): void {
    if (epoch !== this.epoch) return this.doubt();
    const next = this.recent.last + 1;
    if (seq === next) {
      this.accept(event);
      if (this.early.size > 0) this.drainEarly();
    } else if (seq > next) {
      if (this.early.size < maxEarly) this.early.set(seq, event);
      this.hear(seq);
    }
  }

  /** Hears that the log reaches at least `seq`: it will be caught up with. */
  hear(seq: number): void {
    if (seq > this.heard) this.heard = seq;
    if (this.behind)
      this.gap ??= setTimeout(() => {
        this.gap = undefined;
        this.catchUp().catch(() => undefined); // told; the comparison of heads tries again
      }, this.context.gapPatienceMs);
  }

  /** Asks the store where the log ends, and delivers up to there. @throws StoreUnavailable */
  async compare(): Promise<void> {
    const { last } = this.recent;
    this.meet(await this.context.heads.of(this.room), last);
    await this.catchUp();
  }

  /** Takes the store's answer to a question that was asked when the feed stood at `last`. */
  meet(position: Position | undefined, last: number): void {
    if (position?.epoch !== this.epoch || position.head < last) return this.restart(position);
    if (position.head > this.heard) this.heard = position.head;
  }

  /** Reads on until all that was heard of is delivered: one read at a time, whoever asks. @throws StoreUnavailable */
  catchUp(): Promise<void> {
    this.catchingUp ??= this.readOn().finally(() => (this.catchingUp = undefined));
    return this.catchingUp;
  }

  /** From here on the connection receives everything after `position`. */
  attach(connection: Connection): void {
    this.flush();
    this.receivers.add(connection);
  }

  detach(connection: Connection): void {
    this.receivers.delete(connection);
  }

  /** To everyone in the room, without offset; lost where a receiver is behind. */
  ephemeral(data: string): void {
    const frame = textFrame(`${this.prefix}${data}}}}`);
    for (const receiver of this.receivers) receiver.frame(frame, true);
  }

  /** Ends everybody's subscription, or one user's. */
  end(why: Unsubscribe, user?: string): void {
    this.flush();
    for (const receiver of [...this.receivers])
      if (user === undefined || receiver.identity?.id === user)
        receiver.unsubscribed(this.channel, why);
  }

  /** Nobody receives from it any more. */
  close(): void {
    this.stale = true;
    clearTimeout(this.gap);
  }

  flush(): void {
    if (this.pending.length === 0) return;
    const pending = this.pending;
    this.pending = [];
    if (this.receivers.size === 0) return;
    const frame = textFrame(pending.join('\n'));
    for (const receiver of this.receivers) receiver.frame(frame);
    this.deliveries += pending.length * this.receivers.size;
  }

  private accept(event: string): void {
    this.recent.push(event);
    if (this.receivers.size === 0) return;
    if (this.pending.length === 0) this.context.flusher.source(this);
    else this.context.flusher.more();
    this.pending.push(`${this.prefix}${event},"offset":${this.recent.last}}}}`);
    const leaver = leaverOf(event);
    if (leaver !== undefined) this.context.left(this, leaver);
  }

  private drainEarly(): void {
    for (let seq = this.recent.last + 1; this.early.size > 0; seq += 1) {
      const event = this.early.get(seq);
      if (event === undefined) break;
      this.early.delete(seq);
      this.accept(event);
    }
    for (const seq of this.early.keys()) if (seq <= this.recent.last) this.early.delete(seq);
  }

  private async readOn(): Promise<void> {
    while (this.behind) {
      const { last } = this.recent;
      const { heard } = this;
      const slice = await this.context.history.read(this.room, { after: last, limit: readLimit });
      if (slice.epoch !== this.epoch) return this.restart(slice);
      if (slice.first > this.recent.last + 1) return this.restart(slice, 'trimmed');
      for (const { seq, body } of slice.events)
        if (seq === this.recent.last + 1) this.accept(wireJson(seq, body));
      this.drainEarly();
      if (this.recent.last > last || this.heard > heard) continue;
      // What was heard of is not there: a hint that nobody can rely on.
      this.heard = this.recent.last;
      this.early.clear();
    }
  }

  /** Heard of another epoch: by a late hint, or because it is so. The store knows. */
  private doubt(): void {
    this.compare().catch(() => undefined); // the comparison of heads tries again
  }

  /** The position held means nothing any more: receivers subscribe again, with theirs, and learn the new one. */
  private restart(to: Position | undefined, why = 'lost or restored'): void {
    if (this.stale) return;
    this.context.logger.warn(
      { room: this.room, from: this.position, to },
      `the log was ${why} under its readers; they subscribe again`,
    );
    this.close();
    this.end(unsubscribes.insufficientState);
  }
}
