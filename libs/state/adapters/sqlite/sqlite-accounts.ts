import {
  type AccountPatch,
  type AccountRecord,
  Accounts,
  AlreadyExists,
  NoSuchRecord,
  type Role,
} from '#libs/state';
import type { Handle } from './handle.js';
import { parseColumn } from './json.js';

interface Row {
  record: string;
}

const accountOf = ({ record }: Row): AccountRecord =>
  parseColumn<AccountRecord>(record, 'an account');

export class SqliteAccounts extends Accounts {
  constructor(private readonly handle: Handle) {
    super();
  }

  async create(account: AccountRecord): Promise<void> {
    if (!this.add(account)) throw new AlreadyExists(`username ${account.username}`);
  }

  async createMissing(accounts: readonly AccountRecord[]): Promise<number> {
    return this.handle.file.write(() => accounts.filter((account) => this.add(account)).length);
  }

  async byId(id: string): Promise<AccountRecord | null> {
    const row = this.handle.file.get<Row>('SELECT record FROM accounts WHERE id = ?', [id]);
    return row ? accountOf(row) : null;
  }

  async byUsernameKey(key: string): Promise<AccountRecord | null> {
    const row = this.handle.file.get<Row>('SELECT record FROM accounts WHERE username_key = ?', [
      key,
    ]);
    return row ? accountOf(row) : null;
  }

  async byIds(ids: readonly string[]): Promise<AccountRecord[]> {
    return this.handle.file
      .all<Row>('SELECT record FROM accounts WHERE id IN (SELECT value FROM json_each(?))', [
        JSON.stringify(ids),
      ])
      .map(accountOf);
  }

  async update(id: string, patch: AccountPatch): Promise<AccountRecord> {
    return this.change(id, (account) => {
      const given = Object.entries(patch).filter(([, value]) => value !== undefined);
      const kept = Object.entries({ ...account, ...Object.fromEntries(given) }).filter(
        ([, value]) => value !== null,
      );
      return Object.fromEntries(kept) as unknown as AccountRecord;
    });
  }

  async setRoles(id: string, roles: readonly Role[]): Promise<AccountRecord> {
    return this.change(id, (account) => ({ ...account, roles: [...roles] }));
  }

  private add(account: AccountRecord): boolean {
    const { id, usernameKey } = account;
    return (
      this.handle.file.run(
        'INSERT OR IGNORE INTO accounts (id, username_key, record) VALUES (?, ?, ?)',
        [id, usernameKey, JSON.stringify(account)],
      ) > 0
    );
  }

  private change(id: string, how: (account: AccountRecord) => AccountRecord): AccountRecord {
    const { file } = this.handle;
    return file.write(() => {
      const row = file.get<Row>('SELECT record FROM accounts WHERE id = ?', [id]);
      if (!row) throw new NoSuchRecord(`account ${id}`);
      const changed = how(accountOf(row));
      file.run('UPDATE accounts SET record = ? WHERE id = ?', [JSON.stringify(changed), id]);
      return changed;
    });
  }
}
