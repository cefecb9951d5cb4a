import { randomBytes } from 'node:crypto';
import type { Role } from '#libs/state';
import { username } from '#libs/protocol';
import { env } from '../env.js';
import { AuthService, usernameKey, Passwords } from '../identity/index.js';
import { CliError, exit } from './run.js';
import { clock, withStore } from './stores.js';

export const roleNames: readonly Role[] = ['student', 'instructor', 'moderator', 'admin'];

export interface AddedUser {
  id: string;
  username: string;
  roles: Role[];
  /** Where it was made here; shown once. */
  password?: string;
}

/** @param given the password; one is made where it is undefined */
export async function addUser(
  name: string,
  roles: Role[],
  given: string | undefined,
): Promise<AddedUser> {
  const checked = username.safeParse(name);
  if (!checked.success)
    throw new CliError(`${name}: ${checked.error.issues[0]?.message}`, exit.data);
  if (given !== undefined && given.length < 8)
    throw new CliError('a password has 8 characters or more', exit.data);
  const password = given ?? randomBytes(12).toString('base64url');
  return withStore('data', 'DATA_STORE', 'exclusive', (data) =>
    withStore('session', 'SESSION_STORE', 'exclusive', async (sessions) => {
      const account = await new AuthService(data, sessions, new Passwords(), clock, env()).create({
        username: checked.data,
        password,
        roles,
      });
      return {
        id: account.id,
        username: account.username,
        roles: account.roles,
        ...(given === undefined && { password }),
      };
    }),
  );
}

export async function setRoles(name: string, roles: Role[]): Promise<AddedUser> {
  return withStore('data', 'DATA_STORE', 'exclusive', async (data) => {
    const account =
      (await data.accounts.byUsernameKey(usernameKey(name))) ?? (await data.accounts.byId(name));
    if (!account) throw new CliError(`there is no user ${name}`, exit.data);
    const changed = await data.accounts.setRoles(account.id, roles);
    return { id: changed.id, username: changed.username, roles: changed.roles };
  });
}
