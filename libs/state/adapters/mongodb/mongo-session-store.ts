import type { Millis } from '#libs/kernel';
import {
  type Inspection,
  type Presence,
  type RefreshToken,
  type Rotation,
  type SessionRecord,
  type SessionState,
  SessionStore,
  type StoreOptions,
  type UserPresence,
} from '#libs/state';
import { isDuplicateKey } from './errors.js';
import { Handle } from './handle.js';
import { inspect } from './inspect.js';
import { Connections } from './connections.js';
import { RefreshFamilies } from './refresh-families.js';

interface CounterDocument {
  _id: string;
  count: number;
  resetAt: Millis;
}

/** How many writes pass between sweeps of what has expired. */
const sweepEvery = 500;

export class MongoSessionStore extends SessionStore {
  readonly adapter = 'mongodb';
  private readonly handle: Handle;
  private readonly connections: Connections;
  private readonly families: RefreshFamilies;
  private writes = 0;

  constructor(options: StoreOptions) {
    super();
    this.handle = new Handle(options);
    this.connections = new Connections(this.handle);
    this.families = new RefreshFamilies(this.handle);
  }

  get traits() {
    return this.handle.traits;
  }

  open(): Promise<void> {
    return this.handle.enter();
  }

  close(): Promise<void> {
    return this.handle.leave();
  }

  ping(): Promise<void> {
    return this.handle.ping();
  }

  inspect(): Promise<Inspection> {
    return inspect(this.handle);
  }

  put(
    sessions: readonly { session: SessionRecord; rooms: readonly string[] }[],
    expiresAt: Millis,
  ): Promise<void> {
    return this.written(() =>
      this.connections.put(sessions.map(({ session, rooms }) => ({ session, rooms, expiresAt }))),
    );
  }

  renew(ids: readonly string[], expiresAt: Millis): Promise<{ missing: string[] }> {
    return this.written(() => this.connections.renew(ids, expiresAt));
  }

  remove(ids: readonly string[], at: Millis): Promise<void> {
    return this.written(() => this.connections.remove(ids, at));
  }

  enter(id: string, room: string): Promise<void> {
    return this.handle.write(() => this.connections.enter(id, room));
  }

  leave(id: string, room: string): Promise<void> {
    return this.handle.write(() => this.connections.leave(id, room));
  }

  sessionsOf(user: string): Promise<SessionRecord[]> {
    return this.handle.read(() => this.connections.find({ user }));
  }

  sessionsIn(room: string): Promise<SessionRecord[]> {
    return this.handle.read(() => this.connections.find({ rooms: room }));
  }

  async presenceIn(room: string): Promise<Presence[]> {
    const users = new Map<string, Presence>();
    for (const { user, name, since } of await this.sessionsIn(room)) {
      const present = users.get(user) ?? { user, name, connections: 0, since };
      present.connections += 1;
      present.since = Math.min(present.since, since);
      users.set(user, present);
    }
    return [...users.values()].sort((one, other) => (one.user < other.user ? -1 : 1));
  }

  presenceOf(users: readonly string[]): Promise<Map<string, UserPresence>> {
    return this.handle.read(() => this.connections.presenceOf(users));
  }

  issueRefresh(token: RefreshToken): Promise<void> {
    return this.written(() => this.families.issue(token));
  }

  rotateRefresh(hash: string, next: Pick<RefreshToken, 'hash' | 'expiresAt'>): Promise<Rotation> {
    return this.written(() => this.families.rotate(hash, next));
  }

  revokeRefresh(hash: string): Promise<void> {
    return this.written(() => this.families.revoke(hash));
  }

  /** Adds to a window that is open, or opens one: of two that open it at once the second adds. */
  async hit(
    key: string,
    by: number,
    windowMs: Millis,
  ): Promise<{ count: number; resetAt: Millis }> {
    return this.written(async () => {
      const counters = this.handle.collection<CounterDocument>('counters');
      const { now } = this.handle;
      for (;;) {
        // What it was before: a compatible server may show what it is by the time of the answer, others' hits in it.
        const before = await counters.findOneAndUpdate(
          { _id: key, resetAt: { $gt: now } },
          { $inc: { count: by } },
          { returnDocument: 'before' },
        );
        if (before) return { count: before.count + by, resetAt: before.resetAt };
        const opened = { count: by, resetAt: now + windowMs };
        try {
          await counters.updateOne(
            { _id: key, resetAt: { $lte: now } },
            { $set: opened },
            { upsert: true },
          );
          return opened;
        } catch (error) {
          if (!isDuplicateKey(error)) throw error;
        }
      }
    });
  }

  /** Connections, then who was seen, then families; the letter of `after` says which walk goes on. */
  dump({
    limit,
    after = 'c',
  }: {
    limit: number;
    after?: string;
  }): Promise<{ items: SessionState[]; next: string | null }> {
    const walk = after.slice(0, 1);
    const from = after.slice(1);
    return this.handle.read(async () => {
      if (walk === 'c') {
        const { items, last } = await this.connections.page(from, limit);
        return { items, next: last === null ? 's' : `c${last}` };
      }
      if (walk === 's') {
        const { items, last } = await this.connections.seenPage(from, limit);
        return { items, next: last === null ? 'f' : `s${last}` };
      }
      const { items, last } = await this.families.page(from, limit);
      return { items, next: last === null ? null : `f${last}` };
    });
  }

  load(items: readonly SessionState[]): Promise<void> {
    return this.written(async () => {
      await this.connections.put(items.filter((item) => item.kind === 'session'));
      await this.connections.saw(items.filter((item) => item.kind === 'seen'));
      await this.families.load(items.filter((item) => item.kind === 'refresh'));
    });
  }

  private async written<T>(work: () => Promise<T>): Promise<T> {
    this.writes += 1;
    const due = this.writes % sweepEvery === 0;
    return this.handle.write(async () => {
      const result = await work();
      if (due) {
        await this.connections.sweep();
        await this.families.sweep();
        await this.handle
          .collection<CounterDocument>('counters')
          .deleteMany({ resetAt: { $lte: this.handle.now } });
      }
      return result;
    });
  }
}
