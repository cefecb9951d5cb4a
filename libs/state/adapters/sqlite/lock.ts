import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { type StateError, StoreMisconfigured } from '#libs/state';
import { Sqlite } from './driver.js';

/**
 * Keeps other processes out for as long as this one lives: an exclusive transaction on a file of its
 * own beside the database. The operating system frees it, also after kill -9.
 * @returns lets go. @throws StoreMisconfigured naming the file and what to do
 */
export function lockFile(
  path: string,
  variable: string,
  translate: (error: unknown) => StateError,
): () => void {
  let lock: Database.Database | undefined;
  try {
    lock = new Sqlite(`${path}.lock`, { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock?.close();
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) {
      throw new StoreMisconfigured(
        `${variable}: ${path} is in use by another process${owner(path)}; an SQLite file serves one. ` +
          'Stop the other, or use its HTTP API, or point this one at a file of its own',
      );
    }
    throw translate(error);
  }
  const held = lock;
  try {
    writeFileSync(pidFile(path), String(process.pid));
  } catch {
    // A full disk must not keep the store from being opened: the number is for a message only.
  }
  return () => {
    rmSync(pidFile(path), { force: true });
    held.close();
  };
}

const pidFile = (path: string): string => `${path}.pid`;

/** Only for the message: the lock is what counts. */
const owner = (path: string): string =>
  existsSync(pidFile(path)) ? ` (pid ${readFileSync(pidFile(path), 'utf8')})` : '';
