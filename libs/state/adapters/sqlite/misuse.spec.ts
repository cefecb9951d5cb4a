import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, SystemClock } from '#libs/kernel';
import {
  type Access,
  AlreadyExists,
  CorruptRecord,
  type HistoryStore,
  StoreMisconfigured,
} from '#libs/state';
import { account, event } from '#libs/state/testing';
import { SqlDataStore } from '../_sql/data/sql-data-store.js';
import { SqlHistoryStore } from '../_sql/history/sql-history-store.js';
import { SqlHandle } from '../_sql/sql-handle.js';
import { sqliteOpener } from './sqlite-database.js';
import { sqliteHistory } from './sqlite-history.js';

const folder = mkdtempSync(join(tmpdir(), 'maxiaoke-misuse-'));
let files = 0;
const fresh = () => join(folder, `${(files += 1)}.db`);

afterAll(() => rmSync(folder, { recursive: true }));

const options = (file: string, access: Access = 'exclusive') => ({
  url: `sqlite:${file}`,
  variable: 'DATA_STORE',
  clock: new SystemClock(),
  logger: silentLogger,
  access,
});

async function opened(file: string, access?: Access): Promise<HistoryStore> {
  const store = new SqlHistoryStore(sqliteOpener, options(file, access), sqliteHistory);
  await store.open();
  return store;
}

const room = (id: string) =>
  ({ id, kind: 'open', name: id, createdAt: 1, createdBy: 'u' }) as const;

/** Root may write what nobody may: the file system's own answer needs another user. */
async function unprivileged<T>(work: () => Promise<T>): Promise<T> {
  const root = process.getuid?.() === 0;
  if (root) process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    if (root) process.seteuid?.(0);
  }
}

describe('an SQLite file that is misused', () => {
  it('is one file under all its names: what is linked shares the connection and the lock', async () => {
    const file = fresh();
    const link = fresh();
    const first = new SqlHandle(sqliteOpener, options(file));
    await first.open();
    symlinkSync(file, link);
    const second = new SqlHandle(sqliteOpener, options(link));
    await second.open();
    expect(second.database).toBe(first.database);
    await second.close();
    await first.close();
  });

  it('refuses the one append whose event id is taken, and nobody else in the same commit', async () => {
    const store = await opened(fresh());
    await store.createRoom(room('r'), []);
    await store.append('r', [event({ id: 'taken' })]);
    const [good, bad, late] = await Promise.allSettled([
      store.append('r', [event()]),
      store.append('r', [event(), event({ id: 'taken', cid: 'other' })]),
      store.append('r', [event()]),
    ]);
    expect(good).toMatchObject({ status: 'fulfilled', value: [{ seq: 2 }] });
    expect(bad).toMatchObject({ status: 'rejected', reason: expect.any(AlreadyExists) as unknown });
    expect(late).toMatchObject({ status: 'fulfilled', value: [{ seq: 3 }] });
    await store.close();
  });

  it('says to who opened it for reading that it is the access, not the file', async () => {
    const file = fresh();
    const writer = await opened(file);
    await writer.createRoom(room('r'), []);
    const reader = await opened(file, 'read');
    for (const attempt of [
      () => reader.append('r', [event()]),
      () => reader.createRoom(room('other'), []),
      () => reader.deleteRoom('nowhere'),
    ]) {
      await expect(attempt()).rejects.toThrow(StoreMisconfigured);
      await expect(attempt()).rejects.toThrow(/opened for reading only/);
    }
    await reader.close();
    await writer.close();
  });

  it('is refused at start where it cannot be written, not at the first write', async () => {
    const inside = join(folder, 'shared');
    mkdirSync(inside);
    const file = join(inside, 'x.db');
    await (await opened(file)).close();
    chmodSync(folder, 0o755);
    chmodSync(inside, 0o777);
    chmodSync(file, 0o444);
    rmSync(`${file}.lock`, { force: true });
    await unprivileged(() =>
      expect(opened(file)).rejects.toThrow(/DATA_STORE: .*x\.db cannot be written/),
    );
  });

  it('is not named in memory: the memory adapter does that', async () => {
    await expect(opened(':memory:')).rejects.toThrow(/use memory:/);
  });

  it('calls a record that it cannot understand corrupt', async () => {
    const file = fresh();
    const store = new SqlDataStore(sqliteOpener, options(file));
    await store.open();
    await store.accounts.create(account('u'));
    const raw = new SqlHandle(sqliteOpener, options(file));
    await raw.open();
    await raw.database.run('UPDATE accounts SET record = ?', ['{"id":']);
    await raw.close();
    await expect(store.accounts.byId('u')).rejects.toThrow(CorruptRecord);
    await store.close();
  });
});
