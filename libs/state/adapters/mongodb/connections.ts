import type { Filter } from 'mongodb';
import type { Millis } from '#libs/kernel';
import type { SessionRecord, SessionState, UserPresence } from '#libs/state';
import { repeated } from './bulk.js';
import type { Handle } from './handle.js';
import { upsert } from './mongo-rooms.js';

interface ConnectionDocument extends Omit<SessionRecord, 'id'> {
  _id: string;
  rooms: string[];
  expiresAt: Millis;
}

interface SeenDocument {
  _id: string;
  at: Millis;
}

/** How many expired connections one sweep folds into `seen`. */
const perSweep = 1000;

const sessionOf = ({
  _id,
  user,
  name,
  node,
  device,
  since,
}: ConnectionDocument): SessionRecord => ({
  id: _id,
  user,
  name,
  node,
  ...(device !== undefined && { device }),
  since,
});

/**
 * Connections, and when users were last seen. A connection past its deadline is gone for everyone,
 * but tells when its user was last seen until a sweep has written that down.
 */
export class Connections {
  constructor(private readonly handle: Handle) {}

  private get connections() {
    return this.handle.collection<ConnectionDocument>('sessions');
  }

  private get seen() {
    return this.handle.collection<SeenDocument>('seen');
  }

  private get live() {
    return { expiresAt: { $gt: this.handle.now } };
  }

  async put(
    sessions: readonly { session: SessionRecord; rooms: readonly string[]; expiresAt: Millis }[],
  ): Promise<void> {
    if (sessions.length === 0) return;
    const operations = sessions.map(({ session: { id, ...record }, rooms, expiresAt }) => ({
      replaceOne: {
        filter: { _id: id },
        replacement: { ...record, rooms: [...new Set(rooms)], expiresAt },
        upsert: true,
      },
    }));
    await repeated(() => upsert(() => this.connections.bulkWrite(operations, { ordered: false })));
  }

  async renew(ids: readonly string[], expiresAt: Millis): Promise<{ missing: string[] }> {
    const wanted = [...new Set(ids)];
    const found = await this.connections
      .find({ _id: { $in: wanted }, ...this.live }, { projection: { _id: 1 } })
      .toArray();
    const living = new Set(found.map(({ _id }) => _id));
    await this.connections.updateMany(
      { _id: { $in: [...living] }, ...this.live },
      { $set: { expiresAt } },
    );
    return { missing: wanted.filter((id) => !living.has(id)) };
  }

  /** Who was seen is written first: a process that dies in between leaves connections that still expire. */
  async remove(ids: readonly string[], at: Millis): Promise<void> {
    const found = await this.connections.find({ _id: { $in: [...new Set(ids)] } }).toArray();
    const { now } = this.handle;
    await this.saw(
      found.map(({ user, expiresAt }) => ({ user, at: expiresAt > now ? at : expiresAt })),
    );
    await this.connections.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } });
  }

  async enter(id: string, room: string): Promise<void> {
    await this.connections.updateOne({ _id: id, ...this.live }, { $addToSet: { rooms: room } });
  }

  async leave(id: string, room: string): Promise<void> {
    await this.connections.updateOne({ _id: id }, { $pull: { rooms: room } });
  }

  async find(which: Filter<ConnectionDocument>): Promise<SessionRecord[]> {
    const found = await this.connections
      .find({ ...which, ...this.live })
      .sort({ _id: 1 })
      .toArray();
    return found.map(sessionOf);
  }

  async presenceOf(users: readonly string[]): Promise<Map<string, UserPresence>> {
    const wanted = [...new Set(users)];
    // Connections first: one that a sweep removes in between is in `seen` by then.
    const connections = await this.connections
      .find({ user: { $in: wanted } }, { projection: { user: 1, expiresAt: 1 } })
      .toArray();
    const written = await this.seen.find({ _id: { $in: wanted } }).toArray();
    const { now } = this.handle;
    const online = new Set(
      connections.filter(({ expiresAt }) => expiresAt > now).map(({ user }) => user),
    );
    const lastSeen = new Map(written.map(({ _id, at }) => [_id, at]));
    for (const { user, expiresAt } of connections)
      lastSeen.set(user, Math.max(expiresAt, lastSeen.get(user) ?? 0));
    const presenceOf = (user: string): UserPresence => {
      const at = lastSeen.get(user);
      if (online.has(user)) return { online: true };
      return { online: false, ...(at !== undefined && { lastSeenAt: at }) };
    };
    return new Map(wanted.map((user) => [user, presenceOf(user)]));
  }

  /** The later time stays. */
  async saw(users: readonly { user: string; at: Millis }[]): Promise<void> {
    if (users.length === 0) return;
    const latest = new Map<string, Millis>();
    for (const { user, at } of users) latest.set(user, Math.max(at, latest.get(user) ?? 0));
    const operations = [...latest].map(([user, at]) => ({
      updateOne: { filter: { _id: user }, update: { $max: { at } }, upsert: true },
    }));
    await repeated(() => upsert(() => this.seen.bulkWrite(operations, { ordered: false })));
  }

  async page(
    after: string,
    limit: number,
  ): Promise<{ items: SessionState[]; last: string | null }> {
    const found = await this.connections
      .find({ _id: { $gt: after }, ...this.live })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    const items = found.map((one): SessionState => ({
      kind: 'session',
      session: sessionOf(one),
      rooms: one.rooms,
      expiresAt: one.expiresAt,
    }));
    return { items, last: found.length < limit ? null : (found.at(-1)?._id ?? null) };
  }

  async seenPage(
    after: string,
    limit: number,
  ): Promise<{ items: SessionState[]; last: string | null }> {
    if (after === '') await this.sweep();
    const found = await this.seen
      .find({ _id: { $gt: after } })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    const items = found.map(({ _id, at }): SessionState => ({ kind: 'seen', user: _id, at }));
    return { items, last: found.length < limit ? null : (found.at(-1)?._id ?? null) };
  }

  /** Nothing revives a connection past its deadline but a new put: what is read here can be removed. */
  async sweep(): Promise<void> {
    const { now } = this.handle;
    if (this.handle.options.access === 'read') return;
    for (;;) {
      const expired = await this.connections
        .find({ expiresAt: { $lte: now } }, { projection: { user: 1, expiresAt: 1 } })
        .limit(perSweep)
        .toArray();
      if (expired.length === 0) return;
      await this.saw(expired.map(({ user, expiresAt }) => ({ user, at: expiresAt })));
      await this.connections.deleteMany({
        _id: { $in: expired.map(({ _id }) => _id) },
        expiresAt: { $lte: now },
      });
    }
  }
}
