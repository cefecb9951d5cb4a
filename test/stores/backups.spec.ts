import { join } from 'node:path';
import { silentLogger, SystemClock } from '#libs/kernel';
import type { HistoryStore } from '#libs/state';
import { event } from '#libs/state/testing';
import { factoryOf } from '../../src/platform/state/stores.js';
import { removeDir, run, tempDir } from '../support/run.js';
import { mysqlBackup, postgresBackup, redisBackup, sqliteBackup } from './support/backups.js';
import { room } from './support/operations.js';

const ways = [sqliteBackup, postgresBackup, mysqlBackup, redisBackup()];

async function opened(url: string): Promise<HistoryStore> {
  const options = { url, variable: 'HISTORY_STORE', logger: silentLogger };
  const store = factoryOf('history', url)?.({ ...options, clock: new SystemClock() });
  if (!store) throw new Error(`no adapter keeps history on ${url}`);
  await store.open();
  return store;
}

describe.each(ways.filter(({ available }) => available))('a backup: $name', (way) => {
  const folder = tempDir();
  const stores: HistoryStore[] = [];
  afterAll(async () => {
    for (const store of stores) await store.close();
    await way.leave?.();
    removeDir(folder);
  });

  it('taken in use has everything until then, and clients do not resume over what came later', async () => {
    const used = await way.place(folder);
    const before = await opened(used);
    stores.push(before);
    await before.createRoom(room('r'), [{ user: 'u', role: 'owner', since: 1 }]);
    await before.append('r', [event({ cid: 'one' }), event({ cid: 'two' })]);
    await before.markRead('r', 'u', 1);
    const backup = join(folder, 'backup');
    way.backUp(used, backup);
    const [lost] = await before.append('r', [event({ cid: 'lost' })]);
    const saved = await before.read('r', { limit: 2 });
    await before.close();

    const url = await way.restore(backup, used);
    const renewal = await run(['state', 'renew-epochs', '--store', url, '--json'], folder);
    expect(renewal).toMatchObject({ code: 0 });
    expect(JSON.parse(renewal.stdout)).toMatchObject({ rooms: 1 });
    const after = await opened(url);
    stores.push(after);
    const restored = await after.read('r', { limit: 10 });
    expect(restored).toEqual({ ...saved, epoch: restored.epoch, head: 2 });
    expect(restored.events.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(await after.members('r', { limit: 9 })).toHaveLength(1);
    expect(await after.markers('r', { limit: 9 })).toEqual([{ user: 'u', seq: 1 }]);
    // The number of the lost message is given again: by its epoch a client knows that it is another's.
    const [next] = await after.append('r', [event({ cid: 'next' })]);
    expect(next?.seq).toBe(lost?.seq);
    expect(next?.epoch).not.toBe(lost?.epoch);
  });
});
