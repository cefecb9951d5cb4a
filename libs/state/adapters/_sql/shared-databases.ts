import type { SqlDatabase } from './sql-database.js';

interface Shared {
  users: number;
  database: Promise<SqlDatabase>;
}

/** Databases open in this process: the ports of one URL share a pool, and with SQLite the file. */
const open = new Map<string, Shared>();

/** Those whose last user has gone: whoever comes next waits, for an SQLite file has one lock. */
const closing = new Map<string, Promise<void>>();

/** The database of this key, opened by whoever comes first. Every use is given back by `leave`. */
export async function enter<D extends SqlDatabase>(
  key: string,
  connect: () => Promise<D>,
): Promise<D> {
  let shared = open.get(key);
  if (!shared) {
    shared = { users: 0, database: afterClosing(key).then(connect) };
    open.set(key, shared);
  }
  shared.users += 1;
  try {
    return (await shared.database) as D;
  } catch (error) {
    if (open.get(key) === shared) open.delete(key);
    throw error;
  }
}

/** Gives back one use; the last one closes the database. */
export async function leave(key: string): Promise<void> {
  const shared = open.get(key);
  if (!shared) return;
  shared.users -= 1;
  if (shared.users > 0) return;
  open.delete(key);
  const closed = shared.database.then((database) => database.close());
  closing.set(key, closed);
  try {
    await closed;
  } finally {
    if (closing.get(key) === closed) closing.delete(key);
  }
}

const afterClosing = async (key: string): Promise<void> => {
  await closing.get(key)?.catch(() => undefined); // told to whoever closed it
};
