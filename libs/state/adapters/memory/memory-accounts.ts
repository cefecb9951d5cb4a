import {
  type AccountPatch,
  type AccountRecord,
  Accounts,
  AlreadyExists,
  NoSuchRecord,
  type Role,
} from '#libs/state';
import type { Gate } from './base.js';

export class MemoryAccounts extends Accounts {
  private readonly accounts = new Map<string, AccountRecord>();
  private readonly idOfKey = new Map<string, string>();

  constructor(private readonly gate: Gate) {
    super();
  }

  async create(account: AccountRecord): Promise<void> {
    this.gate.check();
    if (!this.add(account)) throw new AlreadyExists(`username ${account.username}`);
  }

  async createMissing(accounts: readonly AccountRecord[]): Promise<number> {
    this.gate.check();
    return accounts.filter((account) => this.add(account)).length;
  }

  async byId(id: string): Promise<AccountRecord | null> {
    this.gate.check();
    return structuredClone(this.accounts.get(id) ?? null);
  }

  async byUsernameKey(key: string): Promise<AccountRecord | null> {
    this.gate.check();
    return structuredClone(this.accounts.get(this.idOfKey.get(key) ?? '') ?? null);
  }

  async byIds(ids: readonly string[]): Promise<AccountRecord[]> {
    this.gate.check();
    return [...new Set(ids)].flatMap((id) => structuredClone(this.accounts.get(id)) ?? []);
  }

  async update(id: string, patch: AccountPatch): Promise<AccountRecord> {
    const account = this.existing(id);
    for (const [field, value] of Object.entries(patch)) {
      if (value === null) delete account[field as 'bio' | 'avatarUrl'];
      else if (value !== undefined) Object.assign(account, { [field]: value });
    }
    return structuredClone(account);
  }

  async setRoles(id: string, roles: readonly Role[]): Promise<AccountRecord> {
    const account = this.existing(id);
    account.roles = [...roles];
    return structuredClone(account);
  }

  private add(account: AccountRecord): boolean {
    if (this.accounts.has(account.id) || this.idOfKey.has(account.usernameKey)) return false;
    this.accounts.set(account.id, structuredClone(account));
    this.idOfKey.set(account.usernameKey, account.id);
    return true;
  }

  private existing(id: string): AccountRecord {
    this.gate.check();
    const account = this.accounts.get(id);
    if (!account) throw new NoSuchRecord(`account ${id}`);
    return account;
  }
}
