import { silentLogger, SystemClock } from '#libs/kernel';
import {
  type Adapter,
  AlreadyExists,
  type HistoryStore,
  NoSuchRecord,
  type RoomRecord,
  type StoredEvent,
} from '#libs/state';
import { event } from '#libs/state/testing';
import type { PooledDatabase } from '../pooled-database.js';
import { type Opener, SqlHandle } from '../sql-handle.js';

export interface SqlLogServer {
  adapter: Adapter;
  opener: Opener<PooledDatabase>;
  /** The URL of an empty database. */
  freshUrl: () => Promise<string>;
}

const room = (id: string): RoomRecord => ({
  id,
  kind: 'open',
  name: id,
  createdAt: 1,
  createdBy: 'u',
});
const numbers = (to: number) => Array.from({ length: to }, (_, at) => at + 1);

/** What the logs of SQL servers promise where several write to them, which one process cannot show. */
export function describeSqlLog({ adapter, opener, freshUrl }: SqlLogServer): void {
  const open: { close(): Promise<void> }[] = [];
  /** Timeouts that differ make pools that differ: what a process of its own would have. */
  let timeoutMs = 20_000;
  let url = '';
  let store: HistoryStore;

  const options = () => ({
    url,
    variable: 'HISTORY_STORE',
    clock: new SystemClock(),
    logger: silentLogger,
    timeoutMs: (timeoutMs += 1),
  });

  async function replica(): Promise<HistoryStore> {
    const made = adapter.history?.(options());
    if (!made) throw new Error(`${adapter.name} serves history`);
    open.push(made);
    await made.open();
    return made;
  }

  async function all(id: string): Promise<StoredEvent[]> {
    return (await store.read(id, { limit: 100_000 })).events;
  }

  beforeEach(async () => {
    url = await freshUrl();
    store = await replica();
    for (const id of ['a', 'b', 'c']) await store.createRoom(room(id), []);
  });

  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  describe(`the log on ${adapter.name}`, () => {
    it('is one gapless order of what replicas append to the same rooms, each cid stored once', async () => {
      const replicas = [store, await replica(), await replica()];
      const answers = await Promise.all(
        replicas.flatMap((one, who) =>
          numbers(150).flatMap((n) =>
            ['a', 'b', 'c'].flatMap((id) => [
              one.append(id, [event({ sender: 'all', cid: `same-${n}` })]),
              one.append(id, [event({ sender: `r${who}`, cid: `own-${n}` })]),
            ]),
          ),
        ),
      );
      expect(answers.flat().filter(({ duplicate }) => duplicate)).toHaveLength(2 * 150 * 3);
      for (const id of ['a', 'b', 'c']) {
        const events = await all(id);
        expect(events.map(({ seq }) => seq)).toEqual(numbers(4 * 150));
        expect(new Set(events.map(({ sender, cid }) => `${sender} ${cid}`)).size).toBe(4 * 150);
      }
    });

    it('answers a repeat with the first number wherever it was stored', async () => {
      const other = await replica();
      const [first] = await store.append('a', [event({ sender: 's', cid: 'x' })]);
      const [alone, ...among] = (
        await Promise.all([
          other.append('a', [event({ sender: 's', cid: 'x' })]),
          other.append('b', [event()]),
          other.append('a', [event(), event({ sender: 's', cid: 'x' })]),
        ])
      ).flat();
      expect(alone).toEqual({ ...first, duplicate: true });
      expect(among.map(({ seq, duplicate }) => [seq, duplicate])).toEqual([
        [1, false],
        [2, false],
        [1, true],
      ]);
    });

    it('refuses the one call whose event id is taken, and nobody else in the same commit', async () => {
      await store.append('a', [event({ id: 'taken' })]);
      const [good, bad, late, twice] = await Promise.allSettled([
        store.append('a', [event()]),
        store.append('a', [event(), event({ id: 'taken', cid: 'other' })]),
        store.append('a', [event()]),
        store.append('b', [event({ id: 'one' }), event({ id: 'one', cid: 'another' })]),
      ]);
      const taken = { status: 'rejected', reason: expect.any(AlreadyExists) as unknown };
      expect(good).toMatchObject({ status: 'fulfilled', value: [{ seq: 2 }] });
      expect(bad).toMatchObject(taken);
      expect(late).toMatchObject({ status: 'fulfilled', value: [{ seq: 3 }] });
      expect(twice).toMatchObject(taken);
      expect(await all('b')).toEqual([]);
    });

    it('tells each caller of a commit what became of its own', async () => {
      const message = event({ terms: ['x'] });
      const [nowhere, nothing, gone, deleted, kept] = await Promise.allSettled([
        store.append('nowhere', [event()]),
        store.append('a', []),
        store.append('a', [message]),
        store.append('a', [event({ type: 'message.deleted', target: message.id })]),
        store.append('b', [event({ terms: ['x'] })]),
      ]);
      expect(nowhere).toMatchObject({ reason: expect.any(NoSuchRecord) as unknown });
      expect(nothing).toMatchObject({ value: [] });
      for (const [one, seq] of [
        [gone, 1],
        [deleted, 2],
        [kept, 1],
      ] as const)
        expect(one).toMatchObject({ value: [{ seq, duplicate: false }] });
      const hits = await store.search(['a', 'b'], ['x'], { limit: 9 });
      expect(hits.map((hit) => hit.room)).toEqual(['b']);
      await expect(store.append('nowhere', [])).rejects.toThrow(NoSuchRecord);
    });

    it('goes on in the new epoch after another replica deleted the room and made it again', async () => {
      const other = await replica();
      await store.append('a', [event(), event()]);
      const [before] = await store.append('a', [event()]);
      await other.deleteRoom('a');
      await expect(store.append('a', [event()])).rejects.toThrow(NoSuchRecord);
      await other.createRoom(room('a'), []);
      const [after] = await store.append('a', [event()]);
      expect(after).toMatchObject({ seq: 1, duplicate: false });
      expect(after?.epoch).not.toBe(before?.epoch);
      await other.deleteRoom('a');
      await other.createRoom(room('a'), []);
      const both = await store.append('a', [event(), event()]);
      expect(both.map(({ seq }) => seq)).toEqual([1, 2]);
      expect((await all('a')).map(({ seq }) => seq)).toEqual([1, 2]);
    });

    it('repeats what the server undid to end a deadlock', async () => {
      const handle = new SqlHandle(opener, options());
      open.push(handle);
      await handle.open();
      const { database } = handle;
      const lock = (id: string) => `SELECT id FROM rooms WHERE id = '${id}' FOR UPDATE`;
      let attempts = 0;
      // The other way round than a commit locks them, and the commit begins in between.
      let appended: Promise<unknown> = Promise.resolve();
      await database.transaction(async (queries) => {
        attempts += 1;
        await queries.all(lock('b'));
        if (attempts === 1) {
          appended = Promise.all([store.append('a', [event()]), store.append('b', [event()])]);
          await waiting(database);
        }
        await queries.all(lock('a'));
      });
      expect(await appended).toMatchObject([[{ seq: 1 }], [{ seq: 1 }]]);
      expect((await store.read('a', { limit: 9 })).head).toBe(1);
    });

    it('takes calls of many and of large events, and forgets them in steps', async () => {
      const body = JSON.stringify({ text: '课'.repeat(300) });
      const many = numbers(11_000).map((n) => event({ body, terms: [`n${n}`, 'all'] }));
      const results = await store.append('a', many);
      expect(results.map(({ seq }) => seq)).toEqual(numbers(11_000));
      const large = event({ body: JSON.stringify({ text: 'x'.repeat(3 * 1024 * 1024) }) });
      await store.append('a', [event(), large]);
      expect((await store.event('a', large.id))?.body).toBe(large.body);
      expect(await store.search(['a'], ['n7', 'all'], { limit: 9 })).toHaveLength(1);
      await store.trim('a', 10_500);
      expect(await store.search(['a'], ['n7'], { limit: 9 })).toEqual([]);
      const { first, events } = await store.read('a', { limit: 1 });
      expect([first, events[0]?.seq]).toEqual([10_500, 10_500]);
      await store.deleteRoom('a');
      expect(await store.room('a')).toBeNull();
    });
  });

  /**
   * Until somebody waits for a lock. MySQL's list of transactions is made anew only where nobody has
   * read it for a tenth of a second, so that asking more often shows the same old list for ever.
   */
  async function waiting(database: PooledDatabase): Promise<void> {
    const sql =
      database.dialect.name === 'postgres'
        ? "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        : "SELECT count(*) AS n FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'";
    for (;;) {
      const row = await database.get<{ n: number }>(sql);
      if ((row?.n ?? 0) > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }
}
