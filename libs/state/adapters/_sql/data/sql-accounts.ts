import {
  type AccountPatch,
  type AccountRecord,
  Accounts,
  AlreadyExists,
  NoSuchRecord,
  type Role,
} from '#libs/state';
import { insertRows } from '../insert-rows.js';
import { parseColumn } from '../json.js';
import type { SqlHandle } from '../sql-handle.js';

interface Row {
  record: string;
}

const accountOf = ({ record }: Row): AccountRecord =>
  parseColumn<AccountRecord>(record, 'an account');

export class SqlAccounts extends Accounts {
  constructor(private readonly handle: SqlHandle) {
    super();
  }

  async create(account: AccountRecord): Promise<void> {
    if ((await this.add([account])) === 0) throw new AlreadyExists(`username ${account.username}`);
  }

  createMissing(accounts: readonly AccountRecord[]): Promise<number> {
    return this.add(accounts);
  }

  async byId(id: string): Promise<AccountRecord | null> {
    const sql = 'SELECT record FROM accounts WHERE id = ?';
    const row = await this.handle.database.get<Row>(sql, [id]);
    return row ? accountOf(row) : null;
  }

  async byUsernameKey(key: string): Promise<AccountRecord | null> {
    const sql = 'SELECT record FROM accounts WHERE username_key = ?';
    const row = await this.handle.database.get<Row>(sql, [key]);
    return row ? accountOf(row) : null;
  }

  async byIds(ids: readonly string[]): Promise<AccountRecord[]> {
    const { database, dialect } = this.handle;
    const sql = `SELECT record FROM accounts WHERE ${dialect.among('id')}`;
    return (await database.all<Row>(sql, [dialect.list(ids)])).map(accountOf);
  }

  update(id: string, patch: AccountPatch): Promise<AccountRecord> {
    return this.change(id, (account) => {
      const given = Object.entries(patch).filter(([, value]) => value !== undefined);
      const kept = Object.entries({ ...account, ...Object.fromEntries(given) }).filter(
        ([, value]) => value !== null,
      );
      return Object.fromEntries(kept) as unknown as AccountRecord;
    });
  }

  setRoles(id: string, roles: readonly Role[]): Promise<AccountRecord> {
    return this.change(id, (account) => ({ ...account, roles: [...roles] }));
  }

  private async add(accounts: readonly AccountRecord[]): Promise<number> {
    const { database, dialect } = this.handle;
    const insert = {
      table: 'accounts',
      columns: ['id', 'username_key', 'record'],
      ending: dialect.unlessThere('accounts', 'id'),
    };
    const rows = accounts.map((one) => [one.id, one.usernameKey, JSON.stringify(one)]);
    return rows.length === 1
      ? insertRows(database, dialect, insert, rows)
      : database.transaction((queries) => insertRows(queries, dialect, insert, rows));
  }

  private async change(
    id: string,
    how: (account: AccountRecord) => AccountRecord,
  ): Promise<AccountRecord> {
    const { database, dialect } = this.handle;
    return database.transaction(async (queries) => {
      const sql = `SELECT record FROM accounts WHERE id = ?${dialect.forUpdate}`;
      const row = await queries.get<Row>(sql, [id]);
      if (!row) throw new NoSuchRecord(`account ${id}`);
      const changed = how(accountOf(row));
      await queries.run('UPDATE accounts SET record = ? WHERE id = ?', [
        JSON.stringify(changed),
        id,
      ]);
      return changed;
    });
  }
}
