import { toRfc3339 } from '#libs/kernel';
import type { UserView } from '#libs/protocol';
import type { AccountRecord } from '#libs/state';

export interface Profile {
  id: string;
  username: string;
  name: string;
  bio?: string;
  avatarUrl?: string;
}

export const profileOf = ({ id, username, name, bio, avatarUrl }: AccountRecord): Profile => ({
  id,
  username,
  name,
  ...(bio !== undefined && { bio }),
  ...(avatarUrl !== undefined && { avatarUrl }),
});

export const userView = (account: AccountRecord): UserView => ({
  ...profileOf(account),
  roles: account.roles,
  createdAt: toRfc3339(account.createdAt),
});
