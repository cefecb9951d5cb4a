import type { Logger } from '#libs/kernel';
import { type Unsubscribe, unsubscribes } from '#libs/protocol';
import type { HistoryStore, LogSlice, Position } from '#libs/state';
import {
  type Connection,
  type Flushable,
  type Flusher,
  textFrame,
} from '../../platform/ws/index.js';
import { roomChannel } from '../domain/channels.js';
import { wireJson } from '../domain/events.js';
import { RecentEvents } from './recent-events.js';

/** Events of one read; a gap is closed by as many reads as it takes. */
const readLimit = 1000;
/** Pause after a store that did not answer, ms. */
const retryMs = 1000;

/**
 * What this process delivers of one room: an unbroken run of events, in order of seq, from the
 * position it was opened at. Whatever arrives - own commits, hints of other replicas, in any order,
 * with gaps or repeats - only the next seq is delivered; a gap is read from the store.
 *
 * Events of one turn of the event loop leave as one frame, built once, shared by all receivers.
 */
export class RoomFeed implements Flushable {
  readonly channel: string;
  private readonly receivers = new Set<Connection>();
  private readonly recent: RecentEvents;
  private readonly early = new Map<number, string>();
  private pending: string[] = [];
  private catchingUp: Promise<void> | undefined;
  private readonly epoch: string;
  private readonly prefix: string;
  /** Set once it cannot go on; whoever subscribes next opens a new one. */
  stale = false;
  /** Events × receivers, since the start. */
  deliveries = 0;

  constructor(
    readonly room: string,
    position: Position,
    private readonly history: HistoryStore,
    private readonly flusher: Flusher,
    private readonly logger: Logger,
  ) {
    this.channel = roomChannel(room);
    this.prefix = `{"push":{"channel":${JSON.stringify(this.channel)},"pub":{"data":`;
    this.epoch = position.epoch;
    this.recent = new RecentEvents(position.head);
  }

  get position(): Position {
    return { epoch: this.epoch, head: this.recent.last };
  }

  get size(): number {
    return this.receivers.size;
  }

  /** Takes events `first`, `first+1`, … as wire JSON. */
  deliver(epoch: string, first: number, events: readonly string[]): void {
    if (epoch !== this.epoch) return this.restart(epoch);
    let seq = first;
    for (const event of events) {
      if (seq === this.recent.last + 1) this.accept(event);
      else if (seq > this.recent.last) this.early.set(seq, event);
      seq += 1;
    }
    this.drainEarly();
    // Commits of this process that finish together are reported in any order within the turn.
    if (this.early.size > 0) setImmediate(() => this.closeGap());
  }

  /** Hears that the log reaches at least `head`. */
  async reach({ epoch, head }: Position): Promise<void> {
    if (epoch !== this.epoch) return this.restart(epoch);
    while (this.recent.last < head && !this.stale) await this.catchUp();
  }

  /** Everything after `seq` as wire JSON without going to the store, or null where that is not enough. */
  after(seq: number): readonly string[] | null {
    return this.recent.after(seq);
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

  endAll(why: Unsubscribe, which: (connection: Connection) => boolean = () => true): void {
    this.flush();
    for (const receiver of [...this.receivers])
      if (which(receiver)) receiver.unsubscribed(this.channel, why);
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
    if (this.pending.length === 0) this.flusher.source(this);
    this.pending.push(`${this.prefix}${event},"offset":${this.recent.last}}}}`);
  }

  private drainEarly(): void {
    if (this.early.size === 0) return;
    for (let seq = this.recent.last + 1; this.early.size > 0; seq += 1) {
      const event = this.early.get(seq);
      if (event === undefined) break;
      this.early.delete(seq);
      this.accept(event);
    }
    for (const seq of this.early.keys()) if (seq <= this.recent.last) this.early.delete(seq);
  }

  private closeGap(): void {
    if (this.early.size === 0 || this.stale) return;
    this.catchUp().catch((error: unknown) => {
      this.logger.warn(
        { err: error, room: this.room },
        'a gap could not be read yet; trying again',
      );
      setTimeout(() => this.closeGap(), retryMs).unref();
    });
  }

  private catchUp(): Promise<void> {
    this.catchingUp ??= this.readOn().finally(() => (this.catchingUp = undefined));
    return this.catchingUp;
  }

  private async readOn(): Promise<void> {
    const slice: LogSlice = await this.history.read(this.room, {
      after: this.recent.last,
      limit: readLimit,
    });
    if (slice.epoch !== this.epoch) return this.restart(slice.epoch);
    if (slice.first > this.recent.last + 1) {
      this.logger.warn(
        { room: this.room, first: slice.first, last: this.recent.last },
        'history was trimmed past the live position',
      );
      return this.restart(slice.epoch);
    }
    for (const event of slice.events) {
      if (event.seq === this.recent.last + 1) this.accept(wireJson(event.seq, event.body));
    }
    this.drainEarly();
  }

  /** The position held means nothing any more: receivers subscribe again, with theirs, and learn the new one. */
  private restart(epoch: string): void {
    this.logger.warn(
      { room: this.room, from: this.epoch, to: epoch },
      'room continues in another epoch',
    );
    this.stale = true;
    this.endAll(unsubscribes.insufficientState);
  }
}
