import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { silentLogger, SystemClock } from '#libs/kernel';
import { type HistoryStore, StoreMisconfigured, StoreUnavailable } from '#libs/state';
import { event } from '#libs/state/testing';
import { Sqlite } from './driver.js';
import { sqlite } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'maxiaoke-durability-'));
let files = 0;
const fresh = () => join(folder, `${(files += 1)}.db`);

afterAll(() => rmSync(folder, { recursive: true }));

function store(file: string, access?: 'read'): HistoryStore {
  const made = sqlite.history?.({
    url: `sqlite:${file}`,
    variable: 'HISTORY_STORE',
    clock: new SystemClock(),
    logger: silentLogger,
    ...(access && { access }),
  });
  if (!made) throw new Error('sqlite serves history');
  return made;
}

/** Appends without end to three rooms of a file and prints each acknowledgement. */
const writer = `
import { SystemClock, silentLogger } from '#libs/kernel';
import { adapters } from '#libs/state/adapters';
const sqlite = adapters.find(({ name }) => name === 'sqlite');
const store = sqlite.history({ url: process.argv[1], variable: 'HISTORY_STORE', clock: new SystemClock(), logger: silentLogger });
await store.open();
const rooms = ['a', 'b', 'c'];
for (const id of rooms) await store.createRoom({ id, kind: 'open', name: id, createdAt: 1, createdBy: 'u' }, []);
process.stdout.write('open\\n');
const write = async (room, n) => {
  for (let at = 0; ; at += 1) {
    const cid = process.pid + '-' + n + '-' + at;
    const [{ seq }] = await store.append(room, [{ id: room + cid, type: 'message', sender: 'u', cid, at: 1, body: '{"text":"x"}' }]);
    process.stdout.write(room + ' ' + cid + ' ' + seq + '\\n');
  }
};
for (const room of rooms) for (let n = 0; n < 4; n += 1) void write(room, n);
`;

/** The build is what a process of its own can run. */
function start(file: string): {
  child: ChildProcess;
  output: () => string;
  said: (text: string) => Promise<void>;
} {
  if (!existsSync('dist/libs/state/adapters/index.js'))
    throw new Error('there is no build to run: npm run build');
  const child = spawn(process.execPath, ['--input-type=module', '-e', writer, `sqlite:${file}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let failure = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (failure += chunk.toString()));
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => output.includes(text) && resolve();
      child.stdout.on('data', look);
      child.on('exit', () => reject(new Error(`ended without saying ${text}: ${failure}`)));
      look();
    });
  return { child, output: () => output, said };
}

const killed = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    child.on('close', () => resolve());
    child.kill('SIGKILL');
  });

describe('an SQLite file', () => {
  it('has everything acknowledged, once and without a hole, however often its process is killed', async () => {
    const file = fresh();
    const acknowledged = new Map<string, number>();
    for (let round = 0; round < 4; round += 1) {
      const { child, output, said } = start(file);
      await said('open\n');
      await said(`c ${child.pid}-3-${5 + round * 7} `);
      await killed(child);
      for (const [, room, cid, seq] of output().matchAll(/^(\w) (\S+) (\d+)$/gm))
        acknowledged.set(`${room} ${cid}`, Number(seq));
    }
    const reopened = store(file);
    await reopened.open();
    for (const room of ['a', 'b', 'c']) {
      const { events, head } = await reopened.read(room, { limit: 1_000_000 });
      expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: head }, (_, at) => at + 1));
      expect(new Set(events.map(({ cid }) => cid)).size).toBe(events.length);
      const stored = new Map(events.map(({ cid, seq }) => [`${room} ${cid}`, seq]));
      for (const [key, seq] of acknowledged)
        if (key.startsWith(room)) expect([key, stored.get(key)]).toEqual([key, seq]);
    }
    await reopened.close();
    expect(acknowledged.size).toBeGreaterThan(50);
  });

  it('serves one process: a second is refused by name, a reader is not, and a killed one leaves it free', async () => {
    const file = fresh();
    const { child, said } = start(file);
    await said('open\n');
    await expect(store(file).open()).rejects.toThrow(
      /HISTORY_STORE: .* is in use by another process/,
    );
    const reader = store(file, 'read');
    await reader.open();
    expect(await reader.room('a')).not.toBeNull();
    await expect(reader.append('a', [event()])).rejects.toThrow();
    await reader.close();
    await killed(child);
    const next = store(file);
    await next.open();
    await next.close();
  });

  it('that is full acknowledges nothing, keeps what it had, and goes on when there is room', async () => {
    const file = fresh();
    const full = store(file);
    await full.open();
    await full.createRoom({ id: 'r', kind: 'open', name: 'r', createdAt: 1, createdBy: 'u' }, []);
    await full.append('r', [event()]);
    const { db } = (
      full as unknown as { handle: { database: { file: { db: Database.Database } } } }
    ).handle.database.file;
    const pages = db.pragma('page_count', { simple: true }) as number;
    db.pragma(`max_page_count = ${pages}`);
    await expect(
      full.append('r', [event({ body: JSON.stringify({ text: 'x'.repeat(100_000) }) })]),
    ).rejects.toThrow(StoreUnavailable);
    expect((await full.read('r', { limit: 9 })).events).toHaveLength(1);
    db.pragma('max_page_count = 1000000');
    expect(await full.append('r', [event()])).toMatchObject([{ seq: 2 }]);
    await full.close();
  });

  it.each([
    [
      'is not a database',
      (file: string) =>
        writeFileSync(file, 'hello, this is text and certainly no database'.repeat(30)),
      /is not an SQLite database/,
    ],
    ['is a directory', () => undefined, /is a directory/],
    [
      'was made by a newer version',
      (file: string) => new Sqlite(file).exec('PRAGMA user_version = 99').close(),
      /made by a newer version/,
    ],
    [
      'holds another program’s tables',
      (file: string) => new Sqlite(file).exec('CREATE TABLE theirs (x)').close(),
      /another program's tables/,
    ],
  ])('that %s is refused with what to do', async (what, prepare, message) => {
    const file = what === 'is a directory' ? folder : fresh();
    prepare(file);
    await expect(store(file).open()).rejects.toThrow(StoreMisconfigured);
    await expect(store(file).open()).rejects.toThrow(message);
  });

  it('that must exist but does not is named to a reader', async () => {
    await expect(store(fresh(), 'read').open()).rejects.toThrow(/HISTORY_STORE: .* does not exist/);
  });

  it('in a folder that cannot be made is refused with the folder named', async () => {
    const file = fresh();
    writeFileSync(file, '');
    chmodSync(file, 0o444);
    await expect(store(join(file, 'below.db')).open()).rejects.toThrow(
      /the folder of .* cannot be used/,
    );
  });
});
