import { execFile, spawnSync } from 'node:child_process';
import { accessSync, chownSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Where Debian and others keep what is not for everybody's PATH. */
const places = () => [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export const find = (name: string, folders: readonly string[] = places()): string | undefined =>
  folders.map((folder) => join(folder, name)).find(isProgram);

/** Folders below `parent`, the highest version first. */
export function versions(parent: string): string[] {
  try {
    const found = readdirSync(parent).sort((one, other) => parseFloat(other) - parseFloat(one));
    return found.map((name) => join(parent, name));
  } catch {
    return [];
  }
}

export interface Identity {
  uid: number;
  gid: number;
}

const isRoot = (): boolean => process.getuid?.() === 0;
const idOf = (flag: '-u' | '-g', user: string): number => {
  const { status, stdout } = spawnSync('id', [flag, user], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : 65_534;
};

/** Servers refuse to run as root: who they run as instead, `nobody` where their user is not there. */
export const identity = (user: string | undefined): Identity | undefined =>
  user !== undefined && isRoot() ? { uid: idOf('-u', user), gid: idOf('-g', user) } : undefined;

export function give(path: string, user: string | undefined): void {
  const owner = identity(user);
  if (owner) chownSync(path, owner.uid, owner.gid);
}

/** Runs a program to its end; what it printed is in the error where it failed. */
export async function runAs(
  user: string | undefined,
  program: string,
  args: readonly string[],
): Promise<void> {
  try {
    await execute(program, [...args], { ...identity(user), cwd: '/' });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} failed:\n${stdout}${stderr}`, { cause: error });
  }
}
