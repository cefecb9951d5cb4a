import type { Presence, SessionRecord, UserPresence } from '#libs/state';
import { insertRows } from '../insert-rows.js';
import type { Param, Queries } from '../queries.js';
import type { SqlHandle } from '../sql-handle.js';
import { sessionFields, sessionOf, type SessionRow, sessionValues } from './rows.js';
import { saw } from './seen.js';

const fields = sessionFields.map((field) => `sessions.${field}`).join(', ');

export interface Connection {
  session: SessionRecord;
  rooms: readonly string[];
  expiresAt: number;
}

/** Who is connected, and in which rooms. What has passed its deadline is there until it is swept, and never shown. */
export class Connections {
  constructor(private readonly handle: SqlHandle) {}

  /** Of several with one id the last stays. */
  async put(connections: readonly Connection[]): Promise<void> {
    const { database, dialect } = this.handle;
    const sorted = [...new Map(connections.map((one) => [one.session.id, one])).values()].sort(
      (one, other) => (one.session.id < other.session.id ? -1 : 1),
    );
    if (sorted.length === 0) return;
    const ids = sorted.map(({ session }) => session.id);
    const rooms = sorted.flatMap((one) =>
      [...new Set(one.rooms)].map((room): Param[] => [room, one.session.id]),
    );
    await database.transaction(async (queries) => {
      await insertRows(
        queries,
        dialect,
        {
          table: 'sessions',
          columns: sessionFields,
          ending: dialect.orReplace(['id'], sessionFields.slice(1)),
        },
        sorted.map(({ session, expiresAt }) => sessionValues(session, expiresAt)),
      );
      await queries.run(`DELETE FROM session_rooms WHERE ${dialect.among('session_id')}`, [
        dialect.list(ids),
      ]);
      await insertRows(
        queries,
        dialect,
        {
          table: 'session_rooms',
          columns: ['room', 'session_id'],
          ending: dialect.unlessThere('session_rooms', 'room'),
        },
        rooms,
      );
    });
  }

  async renew(ids: readonly string[], expiresAt: number): Promise<{ missing: string[] }> {
    if (ids.length === 0) return { missing: [] };
    const { database, dialect, now } = this.handle;
    const alive = `${dialect.among('id')} AND expires_at > ?`;
    const params = [dialect.list(ids), now];
    return database.transaction(async (queries) => {
      const sql = `SELECT id FROM sessions WHERE ${alive} ORDER BY id${dialect.forUpdate}`;
      const there = new Set((await queries.all<{ id: string }>(sql, params)).map(({ id }) => id));
      if (there.size > 0)
        await queries.run(`UPDATE sessions SET expires_at = ? WHERE ${alive}`, [
          expiresAt,
          ...params,
        ]);
      return { missing: ids.filter((id) => !there.has(id)) };
    });
  }

  async remove(ids: readonly string[], at: number): Promise<void> {
    if (ids.length === 0) return;
    const { database, dialect } = this.handle;
    await database.transaction(async (queries) => {
      const rows = await queries.all<SessionRow>(
        `SELECT ${fields} FROM sessions WHERE ${dialect.among('id')} ORDER BY id${dialect.forUpdate}`,
        [dialect.list(ids)],
      );
      await this.end(queries, rows, at);
    });
  }

  /** Connections that nobody ended, at most `limit`. */
  async sweep(limit: number): Promise<void> {
    const { database, dialect, now } = this.handle;
    await database.transaction(async (queries) => {
      const rows = await queries.all<SessionRow>(
        `SELECT ${fields} FROM sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ?${dialect.forUpdate} SKIP LOCKED`,
        [now, limit],
      );
      await this.end(queries, rows, now);
    });
  }

  async enter(id: string, room: string): Promise<void> {
    const { database, dialect, now } = this.handle;
    // Holding the connection's row: without it the room would be one of nobody.
    await database.transaction(async (queries) => {
      const sql = `SELECT id FROM sessions WHERE id = ? AND expires_at > ?${dialect.forUpdate}`;
      if (!(await queries.get(sql, [id, now]))) return;
      const ending = dialect.unlessThere('session_rooms', 'room');
      await queries.run(`INSERT INTO session_rooms (room, session_id) VALUES (?, ?)${ending}`, [
        room,
        id,
      ]);
    });
  }

  async leave(id: string, room: string): Promise<void> {
    const sql = 'DELETE FROM session_rooms WHERE room = ? AND session_id = ?';
    await this.handle.database.run(sql, [room, id]);
  }

  async ofUser(user: string): Promise<SessionRecord[]> {
    const { database, now } = this.handle;
    const rows = await database.all<SessionRow>(
      `SELECT ${fields} FROM sessions WHERE user_id = ? AND expires_at > ? ORDER BY id`,
      [user, now],
    );
    return rows.map(sessionOf);
  }

  async inRoom(room: string): Promise<SessionRecord[]> {
    const { database, now } = this.handle;
    const rows = await database.all<SessionRow>(
      `SELECT ${fields} FROM session_rooms JOIN sessions ON sessions.id = session_rooms.session_id
        WHERE session_rooms.room = ? AND sessions.expires_at > ? ORDER BY sessions.id`,
      [room, now],
    );
    return rows.map(sessionOf);
  }

  async presenceIn(room: string): Promise<Presence[]> {
    const users = new Map<string, Presence>();
    for (const { user, name, since } of await this.inRoom(room)) {
      const present = users.get(user);
      if (!present) users.set(user, { user, name, connections: 1, since });
      else {
        present.connections += 1;
        present.since = Math.min(present.since, since);
      }
    }
    return [...users.values()].sort((one, other) => (one.user < other.user ? -1 : 1));
  }

  async presenceOf(users: readonly string[]): Promise<Map<string, UserPresence>> {
    const { database, dialect, now } = this.handle;
    const list = dialect.list(users);
    const rows = await database.all<{ user_id: string; expires_at: number; at: number }>(
      `SELECT user_id, max(expires_at) AS expires_at, 0 AS at FROM sessions WHERE ${dialect.among('user_id')} GROUP BY user_id
        UNION ALL SELECT user_id, 0 AS expires_at, at FROM seen WHERE ${dialect.among('user_id')}`,
      [list, list],
    );
    const byUser = new Map<string, typeof rows>();
    for (const row of rows) byUser.set(row.user_id, [...(byUser.get(row.user_id) ?? []), row]);
    return new Map(users.map((user) => [user, presenceAt(now, byUser.get(user))]));
  }

  /** Their users were seen at `at`, or at a deadline that came before. */
  private async end(queries: Queries, rows: readonly SessionRow[], at: number): Promise<void> {
    if (rows.length === 0) return;
    const { dialect, now } = this.handle;
    const ended = rows.map(({ user_id, expires_at }) => ({
      user: user_id,
      at: expires_at > now ? at : expires_at,
    }));
    await saw(queries, dialect, ended);
    await queries.run(`DELETE FROM sessions WHERE ${dialect.among('id')}`, [
      dialect.list(rows.map(({ id }) => id)),
    ]);
  }
}

/** One who was never seen has no rows. */
function presenceAt(
  now: number,
  rows: readonly { expires_at: number; at: number }[] = [],
): UserPresence {
  if (rows.some(({ expires_at }) => expires_at > now)) return { online: true };
  const lastSeenAt = Math.max(...rows.map(({ expires_at, at }) => Math.max(expires_at, at)));
  return { online: false, ...(rows.length > 0 && { lastSeenAt }) };
}
