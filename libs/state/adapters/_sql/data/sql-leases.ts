import { type Lease, Leases } from '#libs/state';
import type { SqlHandle } from '../sql-handle.js';

interface Row {
  owner: string;
  expires_at: number;
  fencing: number;
}

export class SqlLeases extends Leases {
  constructor(private readonly handle: SqlHandle) {
    super();
  }

  async acquire(name: string, owner: string, expiresAt: number): Promise<Lease | null> {
    const { database, dialect, now } = this.handle;
    return database.transaction(async (queries) => {
      // A row to lock: there is nothing to lock where there is none.
      await queries.run(
        `INSERT INTO leases (name, owner, expires_at, fencing) VALUES (?, '', 0, 0)${dialect.unlessThere('leases', 'name')}`,
        [name],
      );
      const before = await queries.get<Row>(
        `SELECT owner, expires_at, fencing FROM leases WHERE name = ?${dialect.forUpdate}`,
        [name],
      );
      const held = before !== undefined && before.expires_at > now;
      if (held && before.owner !== owner) return null;
      const fencing = (before?.fencing ?? 0) + (held ? 0 : 1);
      await queries.run('UPDATE leases SET owner = ?, expires_at = ?, fencing = ? WHERE name = ?', [
        owner,
        expiresAt,
        fencing,
        name,
      ]);
      return { name, owner, expiresAt, fencing };
    });
  }

  async release(name: string, owner: string): Promise<void> {
    const sql = 'UPDATE leases SET expires_at = 0 WHERE name = ? AND owner = ?';
    await this.handle.database.run(sql, [name, owner]);
  }
}
