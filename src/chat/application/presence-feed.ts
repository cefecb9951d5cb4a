import type { Logger, Millis } from '#libs/kernel';
import type { SessionRecord } from '#libs/state';
import { type Connection, textFrame } from '../../platform/ws/index.js';
import { roomChannel } from '../domain/channels.js';

/** Rooms with more connections than this push no joins and leaves; clients ask `presence_stats`. */
export const maxWatched = 200;
/** A user who comes back within it neither left nor joined, ms. */
export const graceMs = 5000;
/** From the first of several changes to the read that finds them all, ms. */
const settleMs = 100;
/** Between two reads of one room at least, ms. */
const pauseMs = 1000;
/** The same for a room that is too large: only to see whether it still is. */
const largePauseMs = 30_000;

interface Here {
  session: SessionRecord;
  /** Since when the store has no connection of the user. */
  missingSince?: Millis;
}

/**
 * Joins and leaves of one room, for the connections here that asked for them. Whatever is heard only
 * says when to look: what is pushed is the difference between what the store has and what was told
 * before, a user at a time. A lost hint makes it later, and nothing makes it wrong.
 */
export class PresenceFeed {
  /** Replicas that hold connections in the room. */
  nodes: ReadonlySet<string> = new Set();
  /** When the store was read last. */
  readAt: Millis = 0;
  private readonly watchers = new Set<Connection>();
  private readonly here = new Map<string, Here>();
  private readonly channel: string;
  /** Whether `here` is what watchers know; what is found first is not news. */
  private known = false;
  private large = false;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  private due = Infinity;
  private reading = false;

  constructor(
    room: string,
    private readonly read: () => Promise<SessionRecord[]>,
    private readonly now: () => Millis,
    private readonly logger: Logger,
  ) {
    this.channel = JSON.stringify(roomChannel(room));
  }

  /** What is in the store now is known to who attaches after it. @throws StoreUnavailable */
  async begin(): Promise<void> {
    if (!this.known) this.tell(await this.read());
  }

  attach(connection: Connection): void {
    this.watchers.add(connection);
  }

  detach(connection: Connection): void {
    this.watchers.delete(connection);
  }

  /** Something changed, or may have. */
  touch(): void {
    const now = this.now();
    const pause = this.large ? largePauseMs : pauseMs;
    this.wake(Math.max(now + settleMs, this.readAt + pause), now);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private wake(at: Millis, now: Millis): void {
    if (this.stopped || at >= this.due) return;
    this.due = at;
    if (this.reading) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), Math.max(0, at - now)).unref();
  }

  private async look(): Promise<void> {
    this.due = Infinity;
    this.reading = true;
    this.readAt = this.now();
    try {
      this.tell(await this.read());
    } catch (error) {
      this.logger.warn({ err: error, channel: this.channel }, 'presence could not be read');
      this.wake(this.now() + graceMs, this.now());
    } finally {
      this.reading = false;
      const { due } = this;
      this.due = Infinity;
      if (due < Infinity) this.wake(due, this.now());
    }
  }

  private tell(sessions: readonly SessionRecord[]): void {
    const now = this.now();
    this.readAt = now;
    this.nodes = new Set(sessions.map(({ node }) => node));
    this.large = sessions.length > maxWatched;
    if (this.large) {
      this.known = false;
      this.here.clear();
      return;
    }
    const lines = [...this.joins(sessions), ...this.leaves(sessions, now)];
    if (this.known && lines.length > 0) {
      const frame = textFrame(lines.join('\n'));
      for (const watcher of this.watchers) watcher.frame(frame, true);
    }
    this.known = true;
  }

  private joins(sessions: readonly SessionRecord[]): string[] {
    const lines: string[] = [];
    for (const session of sessions) {
      if (!this.here.has(session.user)) lines.push(this.push('join', session));
      this.here.set(session.user, { session });
    }
    return lines;
  }

  private leaves(sessions: readonly SessionRecord[], now: Millis): string[] {
    const present = new Set(sessions.map(({ user }) => user));
    const lines: string[] = [];
    for (const [user, here] of this.here) {
      if (present.has(user)) continue;
      here.missingSince ??= now;
      const until = here.missingSince + graceMs;
      if (now < until) {
        this.wake(until, now);
        continue;
      }
      this.here.delete(user);
      lines.push(this.push('leave', here.session));
    }
    return lines;
  }

  private push(what: 'join' | 'leave', { id, user, name }: SessionRecord): string {
    const info = JSON.stringify({ client: id, user, conn_info: { name } });
    return `{"push":{"channel":${this.channel},"${what}":{"info":${info}}}}`;
  }
}
