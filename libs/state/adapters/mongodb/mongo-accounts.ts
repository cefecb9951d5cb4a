import type { UpdateFilter } from 'mongodb';
import {
  type AccountPatch,
  type AccountRecord,
  Accounts,
  AlreadyExists,
  NoSuchRecord,
  type Role,
} from '#libs/state';
import { insertMissing } from './bulk.js';
import { isDuplicateKey } from './errors.js';
import type { Handle } from './handle.js';

interface AccountDocument extends Omit<AccountRecord, 'id'> {
  _id: string;
}

const accountOf = ({ _id, ...record }: AccountDocument): AccountRecord => ({ id: _id, ...record });

const documentOf = ({ id, ...record }: AccountRecord): AccountDocument => ({ _id: id, ...record });

export class MongoAccounts extends Accounts {
  constructor(private readonly handle: Handle) {
    super();
  }

  private get accounts() {
    return this.handle.collection<AccountDocument>('accounts');
  }

  async create(account: AccountRecord): Promise<void> {
    await this.handle.write(async () => {
      try {
        await this.accounts.insertOne(documentOf(account));
      } catch (error) {
        throw isDuplicateKey(error) ? new AlreadyExists(`username ${account.username}`) : error;
      }
    });
  }

  async createMissing(accounts: readonly AccountRecord[]): Promise<number> {
    return this.handle.write(async () => {
      const made = await insertMissing(this.accounts, accounts.map(documentOf));
      return made.length;
    });
  }

  async byId(id: string): Promise<AccountRecord | null> {
    return this.find({ _id: id });
  }

  async byUsernameKey(key: string): Promise<AccountRecord | null> {
    return this.find({ usernameKey: key });
  }

  async byIds(ids: readonly string[]): Promise<AccountRecord[]> {
    return this.handle.read(async () => {
      const found = await this.accounts.find({ _id: { $in: [...new Set(ids)] } }).toArray();
      return found.map(accountOf);
    });
  }

  async update(id: string, patch: AccountPatch): Promise<AccountRecord> {
    const given = Object.entries(patch).filter(([, value]) => value !== undefined);
    const set = Object.fromEntries(given.filter(([, value]) => value !== null));
    const unset = Object.fromEntries(
      given.filter(([, value]) => value === null).map(([field]) => [field, '' as const]),
    );
    return this.change(id, {
      ...(Object.keys(set).length > 0 && { $set: set }),
      ...(Object.keys(unset).length > 0 && { $unset: unset }),
    });
  }

  async setRoles(id: string, roles: readonly Role[]): Promise<AccountRecord> {
    return this.change(id, { $set: { roles: [...roles] } });
  }

  private async find(filter: { _id: string } | { usernameKey: string }) {
    return this.handle.read(async () => {
      const found = await this.accounts.findOne(filter);
      return found && accountOf(found);
    });
  }

  private async change(id: string, update: UpdateFilter<AccountDocument>) {
    return this.handle.write(async () => {
      const changed =
        Object.keys(update).length === 0
          ? await this.accounts.findOne({ _id: id })
          : await this.accounts.findOneAndUpdate({ _id: id }, update, { returnDocument: 'after' });
      if (!changed) throw new NoSuchRecord(`account ${id}`);
      return accountOf(changed);
    });
  }
}
