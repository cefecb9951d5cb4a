import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '#libs/kernel';
import { type AccountRecord, AlreadyExists, DataStore } from '#libs/state';
import { Batches } from '../../platform/batches.js';
import type { Caller } from '../../platform/http/caller.js';
import { type Profile, profileOf } from '../domain/views.js';
import { usernameKey } from '../domain/usernames.js';

/** Who the users are, for every module. */
@Injectable()
export class Directory {
  /** Accounts seen to exist; they are never deleted. */
  private readonly ensured = new LRUCache<string, true>({ max: 50_000 });
  /** Those not seen here yet: where a replica was lost they come by the thousand. */
  private readonly newcomers = new Batches<Caller>((callers) => this.makeMissing(callers));

  constructor(
    private readonly data: DataStore,
    private readonly clock: Clock,
  ) {}

  /** Those that exist. */
  async profiles(ids: readonly string[]): Promise<Map<string, Profile>> {
    if (ids.length === 0) return new Map();
    const accounts = await this.data.accounts.byIds(ids);
    return new Map(accounts.map((account) => [account.id, profileOf(account)]));
  }

  /** A valid token of an unknown `sub` makes its account. */
  async ensure(caller: Caller): Promise<void> {
    if (this.ensured.has(caller.id)) return;
    await this.newcomers.add(caller);
    this.ensured.set(caller.id, true);
  }

  private async makeMissing(callers: readonly Caller[]): Promise<void> {
    const wanted = new Map(callers.map((caller) => [caller.id, caller]));
    for (const { id } of await this.data.accounts.byIds([...wanted.keys()])) wanted.delete(id);
    await Promise.all([...wanted.values()].map((caller) => this.make(caller)));
  }

  private async make({ id, name, roles }: Caller): Promise<void> {
    const account: AccountRecord = {
      id,
      username: id,
      usernameKey: usernameKey(id),
      name,
      roles: [...roles],
      createdAt: this.clock.now(),
    };
    try {
      await this.data.accounts.create(account);
    } catch (error) {
      if (!(error instanceof AlreadyExists)) throw error;
      // Another replica was first, or somebody registered the sub as a username.
      if (!(await this.data.accounts.byId(id)))
        await this.data.accounts.createMissing([
          { ...account, username: `${id}~`, usernameKey: `${usernameKey(id)}~` },
        ]);
    }
  }
}
