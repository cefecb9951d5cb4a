import type { Millis } from '#libs/kernel';
import {
  defaultTimeoutMs,
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
  within,
} from '#libs/state';
import type { SqlDatabase } from '../sql-database.js';
import { type Opener, SqlHandle } from '../sql-handle.js';
import { Connections } from './connections.js';
import { dump } from './dump.js';
import { RefreshTokens } from './refresh-tokens.js';
import { saw } from './seen.js';
import type { SessionDialect } from './session-dialect.js';
import { Sweeper } from './sweeper.js';

/** The SessionStore of every SQL server. */
export class SqlSessionStore<D extends SqlDatabase> extends SessionStore {
  readonly adapter: string;
  private readonly handle: SqlHandle<D>;
  private readonly connections: Connections;
  private readonly tokens: RefreshTokens;
  private readonly sweeper: Sweeper;
  private readonly timeoutMs: number;

  constructor(
    opener: Opener<D>,
    options: StoreOptions,
    private readonly dialect: SessionDialect<D>,
  ) {
    super();
    this.adapter = opener.name;
    this.handle = new SqlHandle(opener, options);
    this.connections = new Connections(this.handle);
    this.tokens = new RefreshTokens(this.handle);
    this.sweeper = new Sweeper(this.handle, this.connections, this.tokens, options.logger);
    this.timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  }

  get traits(): Traits {
    return this.handle.traits;
  }

  open(): Promise<void> {
    return this.handle.open();
  }

  async close(): Promise<void> {
    await this.sweeper.settled();
    await this.handle.close();
  }

  ping(): Promise<void> {
    return this.handle.ping();
  }

  inspect(): Promise<Inspection> {
    return this.handle.inspect();
  }

  async put(
    sessions: readonly { session: SessionRecord; rooms: readonly string[] }[],
    expiresAt: Millis,
  ): Promise<void> {
    await this.written().connections.put(sessions.map((one) => ({ ...one, expiresAt })));
  }

  async renew(ids: readonly string[], expiresAt: Millis): Promise<{ missing: string[] }> {
    return this.written().connections.renew(ids, expiresAt);
  }

  async remove(ids: readonly string[], at: Millis): Promise<void> {
    await this.written().connections.remove(ids, at);
  }

  async enter(id: string, room: string): Promise<void> {
    await this.connections.enter(id, room);
  }

  async leave(id: string, room: string): Promise<void> {
    await this.connections.leave(id, room);
  }

  async sessionsOf(user: string): Promise<SessionRecord[]> {
    return this.connections.ofUser(user);
  }

  async sessionsIn(room: string): Promise<SessionRecord[]> {
    return this.connections.inRoom(room);
  }

  async presenceIn(room: string): Promise<Presence[]> {
    return this.connections.presenceIn(room);
  }

  async presenceOf(users: readonly string[]): Promise<Map<string, UserPresence>> {
    return this.connections.presenceOf(users);
  }

  async issueRefresh(token: RefreshToken): Promise<void> {
    await this.written().tokens.issue(token);
  }

  async rotateRefresh(
    hash: string,
    next: Pick<RefreshToken, 'hash' | 'expiresAt'>,
  ): Promise<Rotation> {
    return this.written().tokens.rotate(hash, next);
  }

  async revokeRefresh(hash: string): Promise<void> {
    await this.written().tokens.revoke(hash);
  }

  async hit(
    key: string,
    by: number,
    windowMs: Millis,
  ): Promise<{ count: number; resetAt: Millis }> {
    const { now, database } = this.written().handle;
    return this.dialect.hit(database, { key, by, now, resetAt: now + windowMs });
  }

  async dump(page: {
    limit: number;
    after?: string;
  }): Promise<{ items: SessionState[]; next: string | null }> {
    return within(this.timeoutMs, 'a page of the sessions', dump(this.handle, page));
  }

  async load(items: readonly SessionState[]): Promise<void> {
    await within(this.timeoutMs, 'loading sessions', this.take(items));
  }

  private async take(items: readonly SessionState[]): Promise<void> {
    const { database, dialect } = this.handle;
    await this.connections.put(items.filter((item) => item.kind === 'session'));
    const seen = items.filter((item) => item.kind === 'seen');
    if (seen.length > 0) await database.transaction((queries) => saw(queries, dialect, seen));
    await this.tokens.load(items.filter((item) => item.kind === 'refresh'));
  }

  private written(): this {
    this.sweeper.written();
    return this;
  }
}
