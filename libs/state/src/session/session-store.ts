import type { Millis } from '#libs/kernel';
import { Store } from '../store.js';

/** One WebSocket connection. */
export interface SessionRecord {
  /** Id of the connection, unique in the deployment. */
  id: string;
  user: string;
  name: string;
  /** The replica that holds the socket. */
  node: string;
  device?: string;
  since: Millis;
}

export interface Presence {
  user: string;
  name: string;
  /** ≥ 1 */
  connections: number;
  /** When the oldest of them connected. */
  since: Millis;
}

export interface UserPresence {
  online: boolean;
  /** When the last connection ended or expired; absent while online and for who was never seen. */
  lastSeenAt?: Millis;
}

export interface RefreshToken {
  /** SHA-256 of the token, hex; the token itself is never stored. */
  hash: string;
  /** All tokens rotated from one login. */
  family: string;
  user: string;
  expiresAt: Millis;
}

/** One thing a session store keeps beyond a minute; counters are left out, they last no longer than their window. */
export type SessionState =
  | { kind: 'session'; session: SessionRecord; rooms: string[]; expiresAt: Millis }
  | { kind: 'seen'; user: string; at: Millis }
  | { kind: 'refresh'; token: RefreshToken; spent: boolean };

export type Rotation =
  | { outcome: 'rotated'; user: string }
  | { outcome: 'reused'; user: string }
  | { outcome: 'unknown' };

/**
 * Who is connected, refresh tokens and counters: all with absolute deadlines on the store's clock.
 * What has passed its deadline is never returned. A dead replica's connections vanish within one TTL.
 */
export abstract class SessionStore extends Store {
  /** Registers or renews connections and the rooms each is in, in one round trip. Replaces each one's rooms. */
  abstract put(
    sessions: readonly { session: SessionRecord; rooms: readonly string[] }[],
    expiresAt: Millis,
  ): Promise<void>;
  /** Moves the deadline of every connection among `ids` that is still there; gives those that are not. */
  abstract renew(ids: readonly string[], expiresAt: Millis): Promise<{ missing: string[] }>;
  /** Ends connections at `at`, which becomes their users' lastSeenAt. Unknown ids are ignored. */
  abstract remove(ids: readonly string[], at: Millis): Promise<void>;
  abstract enter(id: string, room: string): Promise<void>;
  abstract leave(id: string, room: string): Promise<void>;
  /** Connections of a user, ascending by id. */
  abstract sessionsOf(user: string): Promise<SessionRecord[]>;
  /** Connections in a room, ascending by id. */
  abstract sessionsIn(room: string): Promise<SessionRecord[]>;
  /** Users in a room, ascending by user id. */
  abstract presenceIn(room: string): Promise<Presence[]>;
  /** Every user asked for is in the answer. */
  abstract presenceOf(users: readonly string[]): Promise<Map<string, UserPresence>>;

  abstract issueRefresh(token: RefreshToken): Promise<void>;
  /**
   * Atomically spends `hash` and stores `next` in the same family (user and family are taken from the
   * spent token). A token spent before revokes its whole family: `reused`.
   */
  abstract rotateRefresh(
    hash: string,
    next: Pick<RefreshToken, 'hash' | 'expiresAt'>,
  ): Promise<Rotation>;
  /** Revokes the token's whole family. Idempotent. */
  abstract revokeRefresh(hash: string): Promise<void>;

  /**
   * Adds `by` to the counter `key`, which starts at 0 and is reset `windowMs` after its first hit.
   * Atomic: n concurrent hits by 1 give n different counts.
   */
  abstract hit(
    key: string,
    by: number,
    windowMs: Millis,
  ): Promise<{ count: number; resetAt: Millis }>;

  /**
   * Everything kept, in pages of about `limit`, in no order: what lives through the whole walk comes
   * at least once. `after` is the last page's `next`; null ends the walk.
   */
  abstract dump(page: {
    limit: number;
    after?: string;
  }): Promise<{ items: SessionState[]; next: string | null }>;
  /** Takes what another store dumped. Idempotent: a session is replaced, the later `seen` stays, `spent` wins. */
  abstract load(items: readonly SessionState[]): Promise<void>;
}
