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
  type Traits,
  type UserPresence,
} from '#libs/state';
import { RedisLink } from '../link.js';
import { bucketCount } from './buckets.js';
import { Connections, type Hint, type Kept } from './connections.js';
import { Tokens } from './tokens.js';
import { type DumpPage, Walk } from './walk.js';

/** How often this process looks for connections that a dead one left behind, ms. */
const sweepEvery = 60_000;

/** How many of a bucket one sweep ends. */
const sweepLimit = 200;

const byId = (one: SessionRecord, other: SessionRecord): number => (one.id < other.id ? -1 : 1);

/** Connections, refresh tokens and counters on Redis. */
export class RedisSessionStore extends SessionStore {
  readonly adapter = 'redis';
  private readonly link: RedisLink;
  private readonly connections: Connections;
  private readonly tokens: Tokens;
  private readonly walk: Walk;
  private sweptAt = 0;

  constructor(options: StoreOptions) {
    super();
    this.link = new RedisLink(options, 'session');
    this.connections = new Connections(this.link);
    this.tokens = new Tokens(this.link);
    this.walk = new Walk(this.link, this.connections, this.tokens);
  }

  get traits(): Traits {
    return { durable: true, shared: true, expiry: 'lazy', durability: this.link.durability };
  }

  open(): Promise<void> {
    return this.link.open();
  }

  close(): Promise<void> {
    return this.link.close();
  }

  ping(): Promise<void> {
    return this.link.ping();
  }

  inspect(): Promise<Inspection> {
    return this.link.inspect();
  }

  async put(
    sessions: readonly { session: SessionRecord; rooms: readonly string[] }[],
    expiresAt: Millis,
  ): Promise<void> {
    await this.write('put', () => this.store(sessions.map((one) => ({ ...one, expiresAt }))));
  }

  async renew(ids: readonly string[], expiresAt: Millis): Promise<{ missing: string[] }> {
    return this.write('renew', async () => {
      const missing = await this.connections.renew(ids, expiresAt);
      if (this.link.now - this.sweptAt >= sweepEvery) {
        this.sweptAt = this.link.now;
        await this.sweep();
      }
      return { missing };
    });
  }

  async remove(ids: readonly string[], at: Millis): Promise<void> {
    await this.write('remove', async () => {
      const { now } = this.link;
      await this.end(await this.connections.look(ids), ({ expiresAt }) =>
        expiresAt > now ? at : expiresAt,
      );
    });
  }

  async enter(id: string, room: string): Promise<void> {
    await this.write('enter', async () => {
      const nonce = this.connections.nonce();
      const hint = { of: 'r', name: room, id, nonce } as const;
      await this.connections.hint([{ op: '+', ...hint }]);
      if (!(await this.connections.enter(id, room, nonce)))
        await this.connections.hint([{ op: '-', ...hint }]);
    });
  }

  async leave(id: string, room: string): Promise<void> {
    await this.write('leave', async () => {
      const nonce = await this.connections.leave(id, room);
      if (nonce !== '') await this.connections.hint([{ op: '-', of: 'r', name: room, id, nonce }]);
    });
  }

  sessionsOf(user: string): Promise<SessionRecord[]> {
    return this.link.call('sessions of a user', async () => {
      const { ids = [] } = (await this.connections.who('u', [user])).get(user) ?? {};
      return this.live(await this.connections.look(ids)).filter((one) => one.user === user);
    });
  }

  sessionsIn(room: string): Promise<SessionRecord[]> {
    return this.link.call('sessions in a room', async () => {
      const { ids = [] } = (await this.connections.who('r', [room])).get(room) ?? {};
      return this.live(await this.connections.look(ids, room));
    });
  }

  async presenceIn(room: string): Promise<Presence[]> {
    const users = new Map<string, Presence>();
    for (const { user, name, since } of await this.sessionsIn(room)) {
      const present = users.get(user);
      if (present) {
        present.connections += 1;
        present.since = Math.min(present.since, since);
      } else {
        users.set(user, { user, name, connections: 1, since });
      }
    }
    return [...users.values()].sort((one, other) => (one.user < other.user ? -1 : 1));
  }

  presenceOf(users: readonly string[]): Promise<Map<string, UserPresence>> {
    return this.link.call('presence', async () => {
      const found = await this.connections.who('u', users);
      const kept = await this.connections.look([...found.values()].flatMap(({ ids }) => ids));
      const online = new Set<string>();
      const seen = new Map<string, Millis>();
      for (const [user, { seenAt }] of found) if (seenAt !== undefined) seen.set(user, seenAt);
      for (const { session, expiresAt } of kept) {
        if (expiresAt > this.link.now) online.add(session.user);
        else seen.set(session.user, Math.max(seen.get(session.user) ?? 0, expiresAt));
      }
      return new Map(
        users.map((user): [string, UserPresence] => {
          const lastSeenAt = seen.get(user);
          if (online.has(user)) return [user, { online: true }];
          return [user, { online: false, ...(lastSeenAt !== undefined && { lastSeenAt }) }];
        }),
      );
    });
  }

  async issueRefresh(token: RefreshToken): Promise<void> {
    await this.write('issue token', () => this.tokens.keep(token, false));
  }

  async rotateRefresh(
    hash: string,
    next: Pick<RefreshToken, 'hash' | 'expiresAt'>,
  ): Promise<Rotation> {
    return this.write('rotate token', () => this.tokens.rotate(hash, next));
  }

  async revokeRefresh(hash: string): Promise<void> {
    await this.write('revoke token', () => this.tokens.revoke(hash));
  }

  async hit(
    key: string,
    by: number,
    windowMs: Millis,
  ): Promise<{ count: number; resetAt: Millis }> {
    return this.write('hit', () => this.tokens.hit(key, by, windowMs));
  }

  dump(page: DumpPage): Promise<{ items: SessionState[]; next: string | null }> {
    return this.link.call('dump', () => this.walk.page(page));
  }

  async load(items: readonly SessionState[]): Promise<void> {
    await this.write('load', async () => {
      const sessions = items.filter((item) => item.kind === 'session');
      const seen = items.filter((item) => item.kind === 'seen');
      await this.store(sessions.filter(({ expiresAt }) => expiresAt > this.link.now));
      await this.connections.hint([
        ...seen.map(({ user, at }): Hint => ({ op: 's', name: user, at })),
        ...sessions
          .filter(({ expiresAt }) => expiresAt <= this.link.now)
          .map(({ session, expiresAt }): Hint => ({ op: 's', name: session.user, at: expiresAt })),
      ]);
      const tokens = items.filter((item) => item.kind === 'refresh');
      await Promise.all(tokens.map(({ token, spent }) => this.tokens.keep(token, spent)));
    });
  }

  /** Hints first: a connection that is kept is also found. */
  private async store(
    sessions: readonly { session: SessionRecord; rooms: readonly string[]; expiresAt: Millis }[],
  ): Promise<void> {
    const kept = sessions.map(({ session, rooms, expiresAt }): Kept => {
      const nonce = this.connections.nonce();
      return { session, nonce, rooms: new Map(rooms.map((room) => [room, nonce])), expiresAt };
    });
    await this.connections.hint(kept.flatMap((one) => hintsOf('+', one)));
    const replaced = await this.connections.put(kept);
    await this.connections.hint(replaced.flatMap((one) => hintsOf('-', one)));
  }

  /**
   * When their users were seen is written first, and the connections are let go of last: where this
   * stops halfway, the deadline finishes it.
   */
  private async end(connections: readonly Kept[], at: (one: Kept) => Millis): Promise<void> {
    await this.connections.hint(
      connections.flatMap((one): Hint[] => [
        { op: 's', name: one.session.user, at: at(one) },
        ...hintsOf('-', one),
      ]),
    );
    const { now } = this.link;
    await this.connections.end(connections, ({ expiresAt }) =>
      expiresAt > now ? Number.MAX_SAFE_INTEGER : expiresAt,
    );
  }

  private async sweep(): Promise<void> {
    const buckets = Array.from({ length: bucketCount }, (_, bucket) => bucket);
    const ids = await Promise.all(
      buckets.map((bucket) => this.connections.expired(bucket, sweepLimit)),
    );
    const kept = await this.connections.look(ids.flat());
    const { now } = this.link;
    await this.end(
      kept.filter(({ expiresAt }) => expiresAt <= now),
      ({ expiresAt }) => expiresAt,
    );
  }

  private live(kept: readonly Kept[]): SessionRecord[] {
    return kept
      .filter(({ expiresAt }) => expiresAt > this.link.now)
      .map(({ session }) => session)
      .sort(byId);
  }

  private async write<T>(what: string, work: () => Promise<T>): Promise<T> {
    void this.link.client;
    this.link.checkWritable();
    return this.link.call(what, work);
  }
}

/** The hints that lead to a connection. */
const hintsOf = (op: '+' | '-', { session: { id, user }, nonce, rooms }: Kept): Hint[] => [
  { op, of: 'u', name: user, id, nonce },
  ...[...rooms].map(([room, mark]): Hint => ({ op, of: 'r', name: room, id, nonce: mark })),
];
