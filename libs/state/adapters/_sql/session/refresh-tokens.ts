import type { RefreshToken, Rotation } from '#libs/state';
import { insertRows } from '../insert-rows.js';
import type { Param, Queries } from '../queries.js';
import type { SqlHandle } from '../sql-handle.js';

export interface TokenRow {
  hash: string;
  family: string;
  user_id: string;
  expires_at: number;
  spent: number;
}

export const tokenFields = ['hash', 'family', 'user_id', 'expires_at', 'spent'];

const valuesOf = ({ hash, family, user, expiresAt }: RefreshToken, spent: boolean): Param[] => [
  hash,
  family,
  user,
  expiresAt,
  Number(spent),
];

/** Whoever spends or revokes a token holds its whole family: no token is added to one that is being revoked. */
export class RefreshTokens {
  constructor(private readonly handle: SqlHandle) {}

  async issue(token: RefreshToken): Promise<void> {
    const { database, dialect } = this.handle;
    const ending = dialect.orReplace(['hash'], tokenFields.slice(1));
    const into = { table: 'refresh_tokens', columns: tokenFields, ending };
    await insertRows(database, dialect, into, [valuesOf(token, false)]);
  }

  async rotate(hash: string, next: Pick<RefreshToken, 'hash' | 'expiresAt'>): Promise<Rotation> {
    const { database, dialect, now } = this.handle;
    return database.transaction(async (queries) => {
      const token = (await this.lockFamily(queries, hash)).find((one) => one.hash === hash);
      if (!token || token.expires_at <= now) return { outcome: 'unknown' };
      const { family, user_id: user } = token;
      if (token.spent !== 0) {
        await queries.run('DELETE FROM refresh_tokens WHERE family = ?', [family]);
        return { outcome: 'reused', user };
      }
      await queries.run('UPDATE refresh_tokens SET spent = 1 WHERE hash = ?', [hash]);
      const into = { table: 'refresh_tokens', columns: tokenFields };
      await insertRows(queries, dialect, into, [valuesOf({ ...next, family, user }, false)]);
      return { outcome: 'rotated', user };
    });
  }

  async revoke(hash: string): Promise<void> {
    await this.handle.database.transaction(async (queries) => {
      const [token] = await this.lockFamily(queries, hash);
      if (token) await queries.run('DELETE FROM refresh_tokens WHERE family = ?', [token.family]);
    });
  }

  /** Where one is here already and spent, it stays so. */
  async load(tokens: readonly { token: RefreshToken; spent: boolean }[]): Promise<void> {
    const { database, dialect } = this.handle;
    const spent = `spent = ${dialect.greatest}(refresh_tokens.spent, ${dialect.inserted('spent')})`;
    const ending = `${dialect.orReplace(['hash'], ['family', 'user_id', 'expires_at'])}, ${spent}`;
    const into = { table: 'refresh_tokens', columns: tokenFields, ending };
    // A statement takes each row once: of two with one hash, spent wins.
    const byHash = new Map<string, { token: RefreshToken; spent: boolean }>();
    for (const one of tokens) {
      const before = byHash.get(one.token.hash);
      byHash.set(one.token.hash, { ...one, spent: one.spent || before?.spent === true });
    }
    const rows = [...byHash.values()].map((one) => valuesOf(one.token, one.spent));
    await insertRows(database, dialect, into, rows);
  }

  /** Those past their deadline, at most `limit`. */
  async sweep(limit: number): Promise<void> {
    const { database, dialect, now } = this.handle;
    const rows = await database.all<{ hash: string }>(
      'SELECT hash FROM refresh_tokens WHERE expires_at <= ? ORDER BY expires_at LIMIT ?',
      [now, limit],
    );
    if (rows.length === 0) return;
    await database.run(
      `DELETE FROM refresh_tokens WHERE ${dialect.among('hash')} AND expires_at <= ?`,
      [dialect.list(rows.map(({ hash }) => hash)), now],
    );
  }

  private async lockFamily(queries: Queries, hash: string): Promise<TokenRow[]> {
    const { dialect } = this.handle;
    const token = await queries.get<{ family: string }>(
      'SELECT family FROM refresh_tokens WHERE hash = ?',
      [hash],
    );
    if (!token) return [];
    return queries.all<TokenRow>(
      `SELECT ${tokenFields.join(', ')} FROM refresh_tokens WHERE family = ? ORDER BY hash${dialect.forUpdate}`,
      [token.family],
    );
  }
}
