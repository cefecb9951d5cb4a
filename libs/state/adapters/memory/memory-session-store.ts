import type { Millis } from '#libs/kernel';
import {
  compareCodePoints,
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
import { Gate, memoryInspection, memoryTraits } from './base.js';

interface Live {
  session: SessionRecord;
  rooms: Set<string>;
  expiresAt: Millis;
}

interface Family {
  user: string;
  /** hash → whether it was spent; with its deadline. */
  tokens: Map<string, { spent: boolean; expiresAt: Millis }>;
}

/** How many writes pass between sweeps of what has expired. */
const sweepEvery = 1000;

const byKey =
  <T>(key: (item: T) => string) =>
  (one: T, other: T) =>
    compareCodePoints(key(one), key(other));

export class MemorySessionStore extends SessionStore {
  readonly adapter = 'memory';
  readonly traits = memoryTraits;
  private readonly gate: Gate;
  private readonly sessions = new Map<string, Live>();
  private readonly byUser = new Map<string, Set<string>>();
  private readonly byRoom = new Map<string, Set<string>>();
  private readonly lastSeen = new Map<string, Millis>();
  private readonly families = new Map<string, Family>();
  private readonly familyOf = new Map<string, string>();
  private readonly counters = new Map<string, { count: number; resetAt: Millis }>();
  private writes = 0;

  constructor(private readonly options: StoreOptions) {
    super();
    this.gate = new Gate(options);
  }

  async open(): Promise<void> {
    this.gate.enter();
  }

  async close(): Promise<void> {
    this.gate.leave();
    for (const map of [
      this.sessions,
      this.byUser,
      this.byRoom,
      this.lastSeen,
      this.families,
      this.familyOf,
      this.counters,
    ])
      map.clear();
  }

  async ping(): Promise<void> {
    this.gate.check();
  }

  async inspect(): Promise<Inspection> {
    this.gate.check();
    return memoryInspection();
  }

  async put(
    sessions: readonly { session: SessionRecord; rooms: readonly string[] }[],
    expiresAt: Millis,
  ): Promise<void> {
    this.written();
    for (const { session, rooms } of sessions) {
      this.forget(session.id);
      this.sessions.set(session.id, { session: { ...session }, rooms: new Set(rooms), expiresAt });
      add(this.byUser, session.user, session.id);
      for (const room of rooms) add(this.byRoom, room, session.id);
    }
  }

  async renew(ids: readonly string[], expiresAt: Millis): Promise<{ missing: string[] }> {
    this.written();
    const missing: string[] = [];
    for (const id of ids) {
      const live = this.live(id);
      if (live) live.expiresAt = expiresAt;
      else missing.push(id);
    }
    return { missing };
  }

  async remove(ids: readonly string[], at: Millis): Promise<void> {
    this.written();
    for (const id of ids) {
      const live = this.live(id);
      if (live) this.saw(live.session.user, at);
      this.forget(id);
    }
  }

  async enter(id: string, room: string): Promise<void> {
    this.gate.check();
    const live = this.live(id);
    if (!live) return;
    live.rooms.add(room);
    add(this.byRoom, room, id);
  }

  async leave(id: string, room: string): Promise<void> {
    this.gate.check();
    this.sessions.get(id)?.rooms.delete(room);
    drop(this.byRoom, room, id);
  }

  async sessionsOf(user: string): Promise<SessionRecord[]> {
    this.gate.check();
    return this.among(this.byUser.get(user));
  }

  async sessionsIn(room: string): Promise<SessionRecord[]> {
    this.gate.check();
    return this.among(this.byRoom.get(room));
  }

  async presenceIn(room: string): Promise<Presence[]> {
    this.gate.check();
    const users = new Map<string, Presence>();
    for (const { user, name, since } of this.among(this.byRoom.get(room))) {
      const present = users.get(user);
      if (present) {
        present.connections += 1;
        present.since = Math.min(present.since, since);
      } else {
        users.set(user, { user, name, connections: 1, since });
      }
    }
    return [...users.values()].sort(byKey(({ user }) => user));
  }

  async presenceOf(users: readonly string[]): Promise<Map<string, UserPresence>> {
    this.gate.check();
    return new Map(
      users.map((user) => {
        const online = this.among(this.byUser.get(user)).length > 0;
        const lastSeenAt = this.lastSeen.get(user);
        return [user, { online, ...(!online && lastSeenAt !== undefined && { lastSeenAt }) }];
      }),
    );
  }

  async issueRefresh(token: RefreshToken): Promise<void> {
    this.written();
    this.keepToken(token, false);
  }

  async rotateRefresh(
    hash: string,
    next: Pick<RefreshToken, 'hash' | 'expiresAt'>,
  ): Promise<Rotation> {
    this.written();
    const id = this.familyOf.get(hash);
    const family = id === undefined ? undefined : this.families.get(id);
    const token = family?.tokens.get(hash);
    if (id === undefined || !family || !token || token.expiresAt <= this.now())
      return { outcome: 'unknown' };
    if (token.spent) {
      this.revoke(id, family);
      return { outcome: 'reused', user: family.user };
    }
    token.spent = true;
    family.tokens.set(next.hash, { spent: false, expiresAt: next.expiresAt });
    this.familyOf.set(next.hash, id);
    return { outcome: 'rotated', user: family.user };
  }

  async revokeRefresh(hash: string): Promise<void> {
    this.written();
    const id = this.familyOf.get(hash);
    const family = id === undefined ? undefined : this.families.get(id);
    if (id !== undefined && family) this.revoke(id, family);
  }

  async hit(
    key: string,
    by: number,
    windowMs: Millis,
  ): Promise<{ count: number; resetAt: Millis }> {
    this.written();
    let counter = this.counters.get(key);
    if (!counter || counter.resetAt <= this.now()) {
      counter = { count: 0, resetAt: this.now() + windowMs };
      this.counters.set(key, counter);
    }
    counter.count += by;
    return { ...counter };
  }

  async dump({
    limit,
    after = '',
  }: {
    limit: number;
    after?: string;
  }): Promise<{ items: SessionState[]; next: string | null }> {
    this.gate.check();
    const kept = [...this.kept()]
      .filter(({ key }) => compareCodePoints(key, after) > 0)
      .sort(byKey(({ key }) => key));
    const shown = kept.slice(0, limit);
    return {
      items: shown.map(({ item }) => structuredClone(item)),
      next: kept.length > limit ? (shown.at(-1)?.key ?? null) : null,
    };
  }

  async load(items: readonly SessionState[]): Promise<void> {
    this.gate.check();
    for (const item of items) {
      if (item.kind === 'session') await this.put([item], item.expiresAt);
      else if (item.kind === 'seen') this.saw(item.user, item.at);
      else this.keepToken(item.token, item.spent);
    }
  }

  /** Everything within its deadline, with a key that orders a walk. */
  private *kept(): Generator<{ key: string; item: SessionState }> {
    for (const id of [...this.sessions.keys()]) {
      const live = this.live(id);
      if (!live) continue;
      const { session, rooms, expiresAt } = live;
      yield {
        key: `session ${id}`,
        item: { kind: 'session', session, rooms: [...rooms], expiresAt },
      };
    }
    for (const [user, at] of this.lastSeen)
      yield { key: `seen ${user}`, item: { kind: 'seen', user, at } };
    for (const [family, { user, tokens }] of this.families) {
      for (const [hash, { spent, expiresAt }] of tokens)
        if (expiresAt > this.now())
          yield {
            key: `refresh ${hash}`,
            item: { kind: 'refresh', token: { hash, family, user, expiresAt }, spent },
          };
    }
  }

  private now(): Millis {
    return this.options.clock.now();
  }

  private among(ids: Iterable<string> = []): SessionRecord[] {
    return [...ids].flatMap((id) => this.live(id)?.session ?? []).sort(byKey(({ id }) => id));
  }

  /** The connection, unless its deadline has passed: then its user was last seen at that deadline. */
  private live(id: string): Live | undefined {
    const live = this.sessions.get(id);
    if (!live || live.expiresAt > this.now()) return live;
    this.saw(live.session.user, live.expiresAt);
    this.forget(id);
    return undefined;
  }

  /** The last of a user's connections to end counts, in whatever order their ends are noticed. */
  private saw(user: string, at: Millis): void {
    this.lastSeen.set(user, Math.max(at, this.lastSeen.get(user) ?? 0));
  }

  private forget(id: string): void {
    const live = this.sessions.get(id);
    if (!live) return;
    this.sessions.delete(id);
    drop(this.byUser, live.session.user, id);
    for (const room of live.rooms) drop(this.byRoom, room, id);
  }

  private revoke(id: string, family: Family): void {
    for (const hash of family.tokens.keys()) this.familyOf.delete(hash);
    this.families.delete(id);
  }

  /** Where the token is here already and spent, it stays so. */
  private keepToken({ hash, family, user, expiresAt }: RefreshToken, spent: boolean): void {
    const kept: Family = this.families.get(family) ?? { user, tokens: new Map() };
    kept.tokens.set(hash, { spent: spent || kept.tokens.get(hash)?.spent === true, expiresAt });
    this.families.set(family, kept);
    this.familyOf.set(hash, family);
  }

  private written(): void {
    this.gate.check();
    this.writes += 1;
    if (this.writes % sweepEvery !== 0) return;
    const now = this.now();
    for (const [key, { resetAt }] of this.counters) if (resetAt <= now) this.counters.delete(key);
    for (const id of [...this.sessions.keys()]) this.live(id);
    for (const [id, family] of this.families) {
      if ([...family.tokens.values()].every(({ expiresAt }) => expiresAt <= now))
        this.revoke(id, family);
    }
  }
}

function add(index: Map<string, Set<string>>, key: string, value: string): void {
  const values = index.get(key);
  if (values) values.add(value);
  else index.set(key, new Set([value]));
}

function drop(index: Map<string, Set<string>>, key: string, value: string): void {
  const values = index.get(key);
  values?.delete(value);
  if (values?.size === 0) index.delete(key);
}
