import { silentLogger, SystemClock } from '#libs/kernel';
import { NoSuchRecord, StoreMisconfigured, type StoreOptions, StoreUnavailable } from '#libs/state';
import { TcpProxy } from '../../../../test/support/proxy.js';
import { until } from '../../../../test/support/until.js';
import type { PooledDatabase } from './pooled-database.js';
import type { Queries } from './queries.js';
import { type Opener, SqlHandle } from './sql-handle.js';

export interface SqlServer {
  opener: Opener<PooledDatabase>;
  /** The URL of an empty database. */
  freshUrl: () => Promise<string>;
}

/** What is changed in a URL that works, and what is said of it. */
const misused: [string, (url: URL) => unknown, RegExp][] = [
  ['a wrong password', (url: URL) => (url.password = 'wrong-Secret1'), /password/],
  ['an unknown user', (url: URL) => (url.username = 'nobody'), /user or password/],
  ['an unknown database', (url: URL) => (url.pathname = '/nowhere'), /no such database/],
  ['no database', (url: URL) => (url.pathname = ''), /has to name a database/],
  ['an unknown option', (url: URL) => (url.search = '?sslmod=x'), /sslmod is not known/],
  ['TLS where there is none', (url: URL) => (url.search = '?sslmode=require'), /TLS/],
];

/** What SQL servers of several processes have in common besides their ports. */
export function describeSqlServer({ opener, freshUrl }: SqlServer): void {
  const open: SqlHandle<PooledDatabase>[] = [];
  let wire: TcpProxy | undefined;
  /** Timeouts that differ make pools that differ: what a process of its own would have. */
  let timeoutMs = 10_000;

  function handle(url: string, more: Partial<StoreOptions> = {}): SqlHandle<PooledDatabase> {
    const made = new SqlHandle(opener, {
      url,
      variable: 'DATA_STORE',
      clock: new SystemClock(),
      logger: silentLogger,
      timeoutMs: (timeoutMs += 1),
      ...more,
    });
    open.push(made);
    return made;
  }

  async function opened(url: string, more?: Partial<StoreOptions>): Promise<PooledDatabase> {
    const made = handle(url, more);
    await made.open();
    return made.database;
  }

  const refusal = async (url: string, more?: Partial<StoreOptions>): Promise<Error> => {
    const error: unknown = await handle(url, more)
      .open()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreMisconfigured);
    expect((error as Error).message).toMatch(/^DATA_STORE: /);
    return error as Error;
  };

  const changed = (url: string, change: (parsed: URL) => void): string => {
    const parsed = new URL(url);
    change(parsed);
    return parsed.href;
  };

  const lease = (queries: Queries, name: string) =>
    queries.run('INSERT INTO leases (name, owner, expires_at, fencing) VALUES (?, ?, 0, 0)', [
      name,
      'o',
    ]);

  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
    await wire?.close();
    wire = undefined;
  });

  describe(`a ${opener.name} server`, () => {
    it('is migrated once by ten that start together', async () => {
      const url = await freshUrl();
      const all = await Promise.all(Array.from({ length: 10 }, () => opened(url)));
      const rows = await all[0]?.all<{ version: number }>(
        'SELECT version FROM schema_migrations ORDER BY version',
      );
      expect(rows?.map(({ version }) => version)).toEqual(
        all[0]?.dialect.migrations.map((_, at) => at + 1),
      );
      expect(await all[9]?.inspect()).toMatchObject({ pendingMigrations: 0, findings: [] });
    });

    it('is not used by an older version than the one that made its schema', async () => {
      const url = await freshUrl();
      const database = await opened(url);
      await database.run(
        "INSERT INTO schema_migrations (version, name, applied_at) VALUES (99, 'later', 0)",
      );
      expect((await refusal(url)).message).toMatch(/made by a newer version \(schema 99/);
    });

    it.each([
      ['DROP TABLE trends', 'table trends'],
      ['ALTER TABLE accounts DROP COLUMN record', 'column record of table accounts'],
    ])('after %s is refused by the name of what is missing', async (sql, missing) => {
      const url = await freshUrl();
      const database = await opened(url);
      await database.run(sql);
      expect((await refusal(url)).message).toContain(missing);
    });

    it('that is only read is not migrated: it says what it lacks, and is served once it has it', async () => {
      const url = await freshUrl();
      const reader = handle(url, { access: 'read' });
      await reader.open();
      expect((await reader.inspect()).pendingMigrations).toBeGreaterThan(0);
      expect(() => reader.database).toThrow(/start the server once to migrate it/);
      await opened(url);
      const later = await opened(url, { access: 'read' });
      expect(await later.all('SELECT id FROM courses')).toEqual([]);
      await expect(lease(later, 'l')).rejects.toThrow(/opened for reading only/);
      await expect(later.transaction((queries) => lease(queries, 'l'))).rejects.toThrow(
        StoreMisconfigured,
      );
    });

    it.each(misused)(
      'refuses %s by name and without the password',
      async (_what, change, message) => {
        const url = changed(await freshUrl(), change);
        const error = await refusal(url);
        expect(error.message).toMatch(message);
        const { password } = new URL(url);
        expect(error.message).not.toContain(password);
      },
    );

    it('at a host nobody knows, or a port nobody listens at, is unavailable by name', async () => {
      const url = await freshUrl();
      for (const [change, message] of [
        [(one: URL) => (one.hostname = 'no-such-host.invalid'), /host name is not known/],
        [(one: URL) => (one.port = '1'), /nothing listens there/],
      ] as const) {
        const error: unknown = await handle(changed(url, change))
          .open()
          .catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(StoreUnavailable);
        expect((error as Error).message).toMatch(/^DATA_STORE: /);
        expect((error as Error).message).toMatch(message);
      }
    });

    it('keeps nothing of a transaction whose work refused, nor its locks', async () => {
      const database = await opened(`${await freshUrl()}?pool=1`);
      await expect(
        database.transaction(async (queries) => {
          await lease(queries, 'l');
          throw new NoSuchRecord('x');
        }),
      ).rejects.toThrow(NoSuchRecord);
      expect(await database.all('SELECT name FROM leases')).toEqual([]);
    });

    it('repeats what two transactions undid for each other', async () => {
      const database = await opened(await freshUrl());
      await database.transaction(async (queries) => {
        for (const name of ['a', 'b']) await lease(queries, name);
      });
      let runs = 0;
      let bothHold = (): void => undefined;
      const held = new Promise<void>((resolve) => (bothHold = resolve));
      const raise = (first: string, second: string) =>
        database.transaction(async (queries) => {
          const update = (name: string) =>
            queries.run('UPDATE leases SET fencing = fencing + 1 WHERE name = ?', [name]);
          await update(first);
          if ((runs += 1) === 2) bothHold();
          await held;
          await update(second);
        });
      await Promise.all([raise('a', 'b'), raise('b', 'a')]);
      expect(runs).toBeGreaterThan(2);
      expect(await database.all('SELECT fencing FROM leases')).toEqual([
        { fencing: 2 },
        { fencing: 2 },
      ]);
    });

    it('takes the locks from who went silent in a transaction, without a word of its end', async () => {
      const url = await freshUrl();
      const database = await opened(url);
      await lease(database, 'l');
      wire = await TcpProxy.to(url);
      const remote = await opened(wire.through(url), { timeoutMs: 1000 });
      const raised = 'UPDATE leases SET fencing = fencing + 1';
      await expect(
        remote.transaction(async (queries) => {
          await queries.run(raised);
          wire?.abandon();
        }),
      ).rejects.toThrow(StoreUnavailable);
      await until('the row is free', () =>
        database.run(raised).then(
          () => true,
          (error: unknown) => {
            if (!(error instanceof StoreUnavailable)) throw error;
            return false;
          },
        ),
      );
      expect(await database.all('SELECT fencing FROM leases')).toEqual([{ fencing: 1 }]);
    });

    it('shows a snapshot what was there when it began', async () => {
      const database = await opened(await freshUrl());
      const count = (queries: Queries) => queries.all('SELECT name FROM leases');
      await database.transaction(async (queries) => {
        expect(await count(queries)).toEqual([]);
        await lease(database, 'l');
        expect(await count(queries)).toEqual([]);
      }, 'snapshot');
      expect(await count(database)).toHaveLength(1);
    });

    it('gives connections to more callers than there are', async () => {
      const database = await opened(`${await freshUrl()}?pool=2`);
      const all = await Promise.all(
        Array.from({ length: 50 }, () => database.all<{ one: number }>('SELECT 1 AS one')),
      );
      expect(all.flat()).toEqual(Array.from({ length: 50 }, () => ({ one: 1 })));
    });
  });
}
