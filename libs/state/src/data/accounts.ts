import type { Millis } from '#libs/kernel';

export type Role = 'student' | 'instructor' | 'moderator' | 'admin';

export interface AccountRecord {
  id: string;
  /** As the person wrote it. */
  username: string;
  /** Case-folded NFKC of the username; unique. */
  usernameKey: string;
  name: string;
  bio?: string;
  avatarUrl?: string;
  roles: Role[];
  /** argon2id in PHC form; absent for accounts of an identity provider and synthetic learners. */
  passwordHash?: string;
  createdAt: Millis;
}

export type AccountPatch = {
  name?: string;
  bio?: string | null;
  avatarUrl?: string | null;
  passwordHash?: string;
};

export abstract class Accounts {
  /** @throws AlreadyExists where the id or usernameKey is taken. */
  abstract create(account: AccountRecord): Promise<void>;
  /** Creates many at once; those whose id or usernameKey exists are left as they are. Gives how many were created. */
  abstract createMissing(accounts: readonly AccountRecord[]): Promise<number>;
  abstract byId(id: string): Promise<AccountRecord | null>;
  abstract byUsernameKey(key: string): Promise<AccountRecord | null>;
  /** Those that exist, in no order. */
  abstract byIds(ids: readonly string[]): Promise<AccountRecord[]>;
  /** `null` removes a field. @throws NoSuchRecord */
  abstract update(id: string, patch: AccountPatch): Promise<AccountRecord>;
  /** @throws NoSuchRecord */
  abstract setRoles(id: string, roles: readonly Role[]): Promise<AccountRecord>;
}
