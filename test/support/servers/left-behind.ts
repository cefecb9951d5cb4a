import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The folder of a server says which process is to remove it. */
export const folderOf = (kind: string): string =>
  join(tmpdir(), `maxiaoke-${kind}-${process.pid}-`);

const made = /^maxiaoke-[a-z]+-(\d+)-[^.]+(\.log)?$/;

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Processes that work in `dir`: a server and its own. */
export function workingIn(dir: string): number[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.map(Number).filter((pid) => {
    try {
      const at = readlinkSync(`/proc/${pid}/cwd`);
      return at === dir || at.startsWith(`${dir}/`);
    } catch {
      return false; // ended meanwhile, or somebody else's
    }
  });
}

/**
 * Ends the servers whose owner died without a word (a worker that was killed, a machine out of memory)
 * and removes their folders.
 */
export function removeLeftBehind(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, owner, log] = made.exec(name) ?? [];
    if (owner === undefined || lives(Number(owner))) continue;
    const path = join(tmpdir(), name);
    if (log === undefined) {
      for (const pid of workingIn(path)) process.kill(pid, 'SIGKILL');
      try {
        execFileSync('umount', ['--lazy', path], { stdio: 'ignore' });
      } catch {
        // It had no file system of its own.
      }
    }
    rmSync(path, { recursive: true, force: true });
  }
}
