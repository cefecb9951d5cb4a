import { createConnection } from 'mysql2/promise';
import { silentLogger, SystemClock } from '#libs/kernel';
import { type Access, StoreMisconfigured } from '#libs/state';
import { servers } from '../../../../test/support/servers/index.js';
import type { PooledDatabase } from '../_sql/pooled-database.js';
import { SqlHandle } from '../_sql/sql-handle.js';
import { describeSqlServer } from '../_sql/server-promises.testing.js';
import { describeTls } from '../_sql/tls.testing.js';
import { mysqlOpener } from './mysql-database.js';
import { checkVersion } from './mysql-server.js';

describeSqlServer({ opener: mysqlOpener, freshUrl: () => servers.mysql.freshUrl() });

describeTls({
  opener: mysqlOpener,
  user: 'mysql',
  start: async ({ cert, key }) => {
    const server = await servers.mysql.own([`--ssl-cert=${cert}`, `--ssl-key=${key}`]);
    const url = await servers.mysql.freshOn(server.url);
    const client = await createConnection(server.url);
    await client.query('SET GLOBAL require_secure_transport = ON');
    await client.end();
    return { server, url: url.replace('127.0.0.1', 'localhost') };
  },
});

const handleOn = (url: string, access: Access = 'exclusive'): SqlHandle<PooledDatabase> =>
  new SqlHandle(mysqlOpener, {
    url,
    variable: 'DATA_STORE',
    clock: new SystemClock(),
    logger: silentLogger,
    access,
  });

describe('a MySQL server that is set up otherwise', () => {
  it('is told by what it puts at risk', async () => {
    const server = await servers.mysql.own([
      ...['--innodb-flush-log-at-trx-commit=2', '--skip-innodb-doublewrite'],
      ...['--log-bin', '--sync-binlog=0', '--binlog-format=ROW'],
    ]);
    try {
      const handle = handleOn(await servers.mysql.freshOn(server.url));
      await handle.open();
      expect(handle.traits.durability).toBe('os');
      const { findings, version, clockSkewMs } = await handle.inspect();
      expect(findings.map(({ what }) => what.split(' ')[0]).sort()).toEqual([
        'innodb_doublewrite',
        'innodb_flush_log_at_trx_commit',
        'sync_binlog',
      ]);
      expect(version).toMatch(/^(MariaDB|MySQL) \d+\.\d+/);
      expect(Math.abs(clockSkewMs ?? Infinity)).toBeLessThan(1000);
      await handle.close();
    } finally {
      await server.dispose();
    }
  });

  it('is refused where it is read-only, though a reader may look', async () => {
    const server = await servers.mysql.own(['--read-only']);
    try {
      await expect(handleOn(server.url).open()).rejects.toThrow(/DATA_STORE: .* is read_only/);
      const reader = handleOn(server.url, 'read');
      await reader.open();
      expect((await reader.inspect()).findings).toMatchObject([{ level: 'problem' }]);
      await reader.close();
    } finally {
      await server.dispose();
    }
  });

  it('cannot be verified by an address: the driver looks for a name', async () => {
    const url = `${await servers.mysql.freshUrl()}?sslmode=verify-full`;
    await expect(handleOn(url).open()).rejects.toThrow(/DATA_STORE: verify-full .* name/);
  });

  it('is refused where it is too old', () => {
    const place = { variable: 'DATA_STORE', shown: 'mysql://db/x' };
    for (const version of ['10.5.27-MariaDB', '5.7.44', '8.0.16'])
      expect(() => checkVersion(version, place)).toThrow(StoreMisconfigured);
    for (const version of ['10.6.1-MariaDB-log', '11.4.2-MariaDB', '8.0.17', '8.4.3', '9.1.0'])
      expect(() => checkVersion(version, place)).not.toThrow();
  });
});
