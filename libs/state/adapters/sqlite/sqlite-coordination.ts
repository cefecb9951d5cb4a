import { type Claim, Idempotency, type Lease, Leases } from '#libs/state';
import type { Handle } from './handle.js';

export class SqliteLeases extends Leases {
  constructor(private readonly handle: Handle) {
    super();
  }

  async acquire(name: string, owner: string, expiresAt: number): Promise<Lease | null> {
    const { file, now } = this.handle;
    return file.write(() => {
      const before = file.get<Lease>(
        'SELECT name, owner, expires_at AS expiresAt, fencing FROM leases WHERE name = ?',
        [name],
      );
      const held = before !== undefined && before.expiresAt > now;
      if (held && before.owner !== owner) return null;
      const lease = { name, owner, expiresAt, fencing: (before?.fencing ?? 0) + (held ? 0 : 1) };
      file.run(
        'INSERT OR REPLACE INTO leases (name, owner, expires_at, fencing) VALUES (?, ?, ?, ?)',
        [name, owner, expiresAt, lease.fencing],
      );
      return lease;
    });
  }

  async release(name: string, owner: string): Promise<void> {
    this.handle.file.run('UPDATE leases SET expires_at = 0 WHERE name = ? AND owner = ?', [
      name,
      owner,
    ]);
  }
}

export class SqliteIdempotency extends Idempotency {
  constructor(private readonly handle: Handle) {
    super();
  }

  async claim(key: string, fingerprint: string, expiresAt: number): Promise<Claim> {
    const { file, now } = this.handle;
    return file.write(() => {
      file.run('DELETE FROM idempotency WHERE expires_at <= ?', [now]);
      const before = file.get<{ fingerprint: string; response: string | null }>(
        'SELECT fingerprint, response FROM idempotency WHERE key = ?',
        [key],
      );
      if (before) {
        const { fingerprint: first, response } = before;
        return response === null
          ? { state: 'pending', fingerprint: first }
          : { state: 'done', fingerprint: first, response };
      }
      file.run('INSERT INTO idempotency (key, fingerprint, expires_at) VALUES (?, ?, ?)', [
        key,
        fingerprint,
        expiresAt,
      ]);
      return { state: 'claimed' };
    });
  }

  async complete(key: string, response: string, expiresAt: number): Promise<void> {
    this.handle.file.run('UPDATE idempotency SET response = ?, expires_at = ? WHERE key = ?', [
      response,
      expiresAt,
      key,
    ]);
  }

  async abandon(key: string): Promise<void> {
    this.handle.file.run('DELETE FROM idempotency WHERE key = ?', [key]);
  }
}
