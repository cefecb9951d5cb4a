import type { SessionState } from '#libs/state';
import type { SqlHandle } from '../sql-handle.js';
import { tokenFields, type TokenRow } from './refresh-tokens.js';
import { sessionFields, sessionOf, type SessionRow } from './rows.js';

interface Keyed {
  key: string;
  item: SessionState | null;
}

/** One kind of record: those with a key above `after`, ascending. */
type Stage = (handle: SqlHandle, after: string, limit: number) => Promise<Keyed[]>;

/** Who is connected, and who was until a deadline that has passed: they were seen then. */
const sessions: Stage = async ({ database, dialect, now }, after, limit) => {
  const rows = await database.all<SessionRow>(
    `SELECT ${sessionFields.join(', ')} FROM sessions WHERE id > ? ORDER BY id LIMIT ?`,
    [after, limit],
  );
  const inRooms = await database.all<{ room: string; session_id: string }>(
    `SELECT room, session_id FROM session_rooms WHERE ${dialect.among('session_id')}`,
    [dialect.list(rows.map(({ id }) => id))],
  );
  const rooms = new Map<string, string[]>(rows.map(({ id }) => [id, []]));
  for (const { room, session_id } of inRooms) rooms.get(session_id)?.push(room);
  return rows.map((row) => ({
    key: row.id,
    item:
      row.expires_at <= now
        ? { kind: 'seen', user: row.user_id, at: row.expires_at }
        : {
            kind: 'session',
            session: sessionOf(row),
            rooms: rooms.get(row.id) ?? [],
            expiresAt: row.expires_at,
          },
  }));
};

const seen: Stage = async ({ database }, after, limit) => {
  const rows = await database.all<{ user_id: string; at: number }>(
    'SELECT user_id, at FROM seen WHERE user_id > ? ORDER BY user_id LIMIT ?',
    [after, limit],
  );
  return rows.map(({ user_id, at }) => ({
    key: user_id,
    item: { kind: 'seen', user: user_id, at },
  }));
};

const tokens: Stage = async ({ database, now }, after, limit) => {
  const rows = await database.all<TokenRow>(
    `SELECT ${tokenFields.join(', ')} FROM refresh_tokens WHERE hash > ? ORDER BY hash LIMIT ?`,
    [after, limit],
  );
  return rows.map(({ hash, family, user_id, expires_at, spent }) => ({
    key: hash,
    item:
      expires_at <= now
        ? null
        : {
            kind: 'refresh',
            token: { hash, family, user: user_id, expiresAt: expires_at },
            spent: spent !== 0,
          },
  }));
};

const stages = [sessions, seen, tokens];

/** SessionStore.dump: stage by stage along the keys. `after` is the stage's number and its last key. */
export async function dump(
  handle: SqlHandle,
  { limit, after = '0 ' }: { limit: number; after?: string },
): Promise<{ items: SessionState[]; next: string | null }> {
  const items: SessionState[] = [];
  let left = limit;
  for (let stage = Number(after[0]), from = after.slice(2); stages[stage]; stage += 1, from = '') {
    const found = (await stages[stage]?.(handle, from, left)) ?? [];
    for (const { item } of found) if (item) items.push(item);
    left -= found.length;
    if (left <= 0) return { items, next: `${stage} ${found.at(-1)?.key ?? from}` };
  }
  return { items, next: null };
}
