import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger, SystemClock } from '#libs/kernel';
import { type Access, StoreUnavailable } from '#libs/state';
import { servers } from '../../../../test/support/servers/index.js';
import type { PooledDatabase } from '../_sql/pooled-database.js';
import { SqlHandle } from '../_sql/sql-handle.js';
import { describeSqlServer } from '../_sql/server-promises.testing.js';
import { describeTls } from '../_sql/tls.testing.js';
import { postgresOpener } from './postgres-database.js';

describeSqlServer({ opener: postgresOpener, freshUrl: () => servers.postgres.freshUrl() });

describeTls({
  opener: postgresOpener,
  user: 'postgres',
  start: async ({ folder, cert, key }) => {
    const rules = join(folder, 'pg_hba.conf');
    // The test looks after the server through its first database, which is left open to it.
    writeFileSync(
      rules,
      `host postgres all 127.0.0.1/32 scram-sha-256
hostssl all all 127.0.0.1/32 scram-sha-256
`,
    );
    const server = await servers.postgres.own([
      ...['-c', 'ssl=on', '-c', `ssl_cert_file=${cert}`, '-c', `ssl_key_file=${key}`],
      ...['-c', `hba_file=${rules}`],
    ]);
    return { server, url: await servers.postgres.freshOn(server.url) };
  },
});

const handleOn = (url: string, access: Access = 'exclusive'): SqlHandle<PooledDatabase> =>
  new SqlHandle(postgresOpener, {
    url,
    variable: 'DATA_STORE',
    clock: new SystemClock(),
    logger: silentLogger,
    access,
  });

describe('a Postgres server that is set up otherwise', () => {
  it('is told by what it puts at risk', async () => {
    const server = await servers.postgres.own([
      ...['-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'synchronous_commit=off'],
    ]);
    try {
      const url = await servers.postgres.freshOn(server.url);
      const handle = handleOn(url);
      await handle.open();
      expect(handle.traits.durability).toBe('os');
      const { findings, version, clockSkewMs } = await handle.inspect();
      expect(findings.map(({ what }) => what.split(' ')[0]).sort()).toEqual([
        'fsync',
        'full_page_writes',
        'synchronous_commit',
      ]);
      expect(version).toMatch(/^PostgreSQL \d+/);
      expect(Math.abs(clockSkewMs ?? Infinity)).toBeLessThan(1000);
      await handle.close();
    } finally {
      await server.dispose();
    }
  });

  it('is refused where it is read-only, though a reader may look', async () => {
    const server = await servers.postgres.own(['-c', 'default_transaction_read_only=on']);
    try {
      await expect(handleOn(server.url).open()).rejects.toThrow(/DATA_STORE: .* is read-only/);
      const reader = handleOn(server.url, 'read');
      await reader.open();
      expect((await reader.inspect()).findings).toMatchObject([{ level: 'problem' }]);
      await reader.close();
    } finally {
      await server.dispose();
    }
  });

  it('is unavailable while all its connections are taken', async () => {
    const server = await servers.postgres.own(['-c', 'max_connections=4']);
    try {
      const url = await servers.postgres.freshOn(server.url);
      const first = handleOn(url);
      await first.open();
      // A superuser has three connections in reserve, so all four can be taken.
      const busy = Array.from({ length: 4 }, () => first.database.all('SELECT pg_sleep(2)'));
      await new Promise((resolve) => setTimeout(resolve, 500));
      const error: unknown = await handleOn(`${url}?pool=1`)
        .open()
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreUnavailable);
      expect((error as Error).message).toMatch(/DATA_STORE: .*no connection left/);
      await Promise.all(busy);
      await first.close();
    } finally {
      await server.dispose();
    }
  });
});
