import type { Clock } from '#libs/kernel';
import type { SessionRecord, SessionState, SessionStore } from '../session/session-store.js';
import { allSessions } from './walk.js';

/** Who is connected at the source, and which logins live there: what is not among them has ended. */
interface Living {
  sessions: Set<string>;
  families: Set<string>;
}

/**
 * Copies sessions, last-seen times and refresh tokens, and ends at the target what ended at the
 * source: a login that was revoked must not live on in the copy. Repeats are safe.
 */
export class SessionCopy {
  items = 0;

  constructor(
    private readonly from: SessionStore,
    private readonly to: SessionStore,
    private readonly clock: Clock,
  ) {}

  async pass(): Promise<void> {
    this.items = 0;
    const living: Living = { sessions: new Set(), families: new Set() };
    for await (const items of allSessions(this.from)) {
      for (const item of items) {
        if (item.kind === 'session') living.sessions.add(item.session.id);
        else if (item.kind === 'refresh') living.families.add(item.token.family);
      }
      await this.to.load(items);
      this.items += items.length;
    }
    for await (const items of allSessions(this.to)) await this.endAmong(items, living);
  }

  private async endAmong(items: readonly SessionState[], living: Living): Promise<void> {
    const ended: SessionRecord[] = [];
    const revoked = new Map<string, string>();
    for (const item of items) {
      if (item.kind === 'session' && !living.sessions.has(item.session.id))
        ended.push(item.session);
      else if (item.kind === 'refresh' && !living.families.has(item.token.family))
        revoked.set(item.token.family, item.token.hash);
    }
    for (const hash of revoked.values()) await this.to.revokeRefresh(hash);
    await this.end(ended);
  }

  /** A user was last seen when the source says so; where it does not any more, now. */
  private async end(sessions: readonly SessionRecord[]): Promise<void> {
    if (sessions.length === 0) return;
    const presence = await this.from.presenceOf([...new Set(sessions.map(({ user }) => user))]);
    for (const { id, user } of sessions)
      await this.to.remove([id], presence.get(user)?.lastSeenAt ?? this.clock.now());
  }
}

/** The first refresh token that differs, or null. Who is connected changes by the second and is not compared. */
export async function sessionDifference(
  from: SessionStore,
  to: SessionStore,
): Promise<string | null> {
  const [ours, theirs] = await Promise.all([tokensOf(from), tokensOf(to)]);
  for (const [hash, token] of ours) {
    if (theirs.get(hash) === token) continue;
    const how = theirs.has(hash) ? 'differs' : 'is missing';
    return `refresh token ${hash.slice(0, 8)}… of ${token} ${how} at the target`;
  }
  for (const [hash, token] of theirs)
    if (!ours.has(hash))
      return `refresh token ${hash.slice(0, 8)}… of ${token} is only at the target`;
  return null;
}

async function tokensOf(store: SessionStore): Promise<Map<string, string>> {
  const tokens = new Map<string, string>();
  for await (const items of allSessions(store)) {
    for (const item of items) {
      if (item.kind !== 'refresh') continue;
      const { hash, user, family, expiresAt } = item.token;
      const state = item.spent ? 'spent' : 'live';
      tokens.set(hash, `user ${user} (login ${family}, ${state}, until ${expiresAt})`);
    }
  }
  return tokens;
}
