import { hash } from 'node:crypto';
import { type Claim, Idempotency } from '#libs/state';
import type { Queries } from '../queries.js';
import type { SqlHandle } from '../sql-handle.js';

interface Row {
  fingerprint: string;
  response: string | null;
  expires_at: number;
}

/** ms between two removals of what has expired */
const sweepEvery = 60_000;

/** A key holds a path, which may be longer than an index takes. */
const stored = (key: string): string => (key.length <= 150 ? key : hash('sha256', key, 'hex'));

export class SqlIdempotency extends Idempotency {
  private swept = 0;

  constructor(private readonly handle: SqlHandle) {
    super();
  }

  async claim(key: string, fingerprint: string, expiresAt: number): Promise<Claim> {
    await this.sweep();
    const { database } = this.handle;
    return database.transaction(async (queries) => {
      // The row may be removed between the two statements; then the key is free again.
      for (;;) {
        const claim = await this.take(queries, stored(key), fingerprint, expiresAt);
        if (claim) return claim;
      }
    });
  }

  async complete(key: string, response: string, expiresAt: number): Promise<void> {
    await this.handle.database.run(
      'UPDATE idempotency SET response = ?, expires_at = ? WHERE request_key = ?',
      [response, expiresAt, stored(key)],
    );
  }

  async abandon(key: string): Promise<void> {
    await this.handle.database.run('DELETE FROM idempotency WHERE request_key = ?', [stored(key)]);
  }

  private async take(
    queries: Queries,
    key: string,
    fingerprint: string,
    expiresAt: number,
  ): Promise<Claim | undefined> {
    const { dialect, now } = this.handle;
    const inserted = await queries.run(
      `INSERT INTO idempotency (request_key, fingerprint, expires_at) VALUES (?, ?, ?)${dialect.unlessThere('idempotency', 'request_key')}`,
      [key, fingerprint, expiresAt],
    );
    if (inserted > 0) return { state: 'claimed' };
    const row = await queries.get<Row>(
      `SELECT fingerprint, response, expires_at FROM idempotency WHERE request_key = ?${dialect.forUpdate}`,
      [key],
    );
    if (!row) return undefined;
    if (row.expires_at <= now) {
      await queries.run(
        'UPDATE idempotency SET fingerprint = ?, response = NULL, expires_at = ? WHERE request_key = ?',
        [fingerprint, expiresAt, key],
      );
      return { state: 'claimed' };
    }
    return row.response === null
      ? { state: 'pending', fingerprint: row.fingerprint }
      : { state: 'done', fingerprint: row.fingerprint, response: row.response };
  }

  private async sweep(): Promise<void> {
    const { database, now } = this.handle;
    if (now - this.swept < sweepEvery) return;
    this.swept = now;
    await database.run('DELETE FROM idempotency WHERE expires_at <= ?', [now]);
  }
}
