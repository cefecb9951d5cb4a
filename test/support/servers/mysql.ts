import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { find, give, runAs } from './programs.js';
import { credentials, password, type ServerKind, withDatabase } from './server-kind.js';

const user = 'mysql';
/** The accounts are made at each start, which needs no server that runs without a password meanwhile. */
const accounts = (dir: string) => join(dir, 'accounts.sql');

async function connected(url: string, ...statements: string[]): Promise<void> {
  const client = await createConnection({ uri: url, connectTimeout: 10_000 });
  client.on('error', () => undefined);
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    client.destroy();
  }
}

/** MariaDB with every commit on disk before it is answered, and the character set that Debian sets. */
export const mysql: ServerKind = {
  name: 'mysql',
  install: 'mariadb-server',
  user,
  program: () => find('mariadbd'),
  initialise: async (dir) => {
    // Its own: whoever starts removes what looks like a temporary table of an earlier one.
    await mkdir(join(dir, 'tmp'));
    give(join(dir, 'tmp'), user);
    await runAs(user, find('mariadb-install-db') ?? 'mariadb-install-db', [
      ...['--no-defaults', `--datadir=${dir}/data`, '--auth-root-authentication-method=normal'],
      ...['--skip-test-db', '--skip-name-resolve', `--tmpdir=${dir}/tmp`],
    ]);
    const sql = `CREATE USER IF NOT EXISTS 'maxiaoke'@'%' IDENTIFIED BY '${password}';
GRANT ALL ON *.* TO 'maxiaoke'@'%' WITH GRANT OPTION;
`;
    await writeFile(accounts(dir), sql);
    give(accounts(dir), user);
  },
  launch: (dir, port) => ({
    program: find('mariadbd') ?? 'mariadbd',
    args: [
      ...['--no-defaults', `--datadir=${dir}/data`, `--socket=${dir}/socket`, `--port=${port}`],
      ...['--bind-address=127.0.0.1', '--skip-name-resolve', `--init-file=${accounts(dir)}`],
      ...['--character-set-server=utf8mb4', '--collation-server=utf8mb4_general_ci'],
      ...['--innodb-flush-log-at-trx-commit=1', '--max-connections=200', `--tmpdir=${dir}/tmp`],
      `--pid-file=${dir}/pid`,
    ],
  }),
  url: (port) => `mysql://${credentials('maxiaoke')}@127.0.0.1:${port}/mysql`,
  ready: (url) => connected(url, 'SELECT 1'),
  fresh: async (url, name) => {
    await connected(url, `CREATE DATABASE ${name}`);
    return withDatabase(url, name);
  },
  drop: (url, names) => connected(url, ...names.map((name) => `DROP DATABASE IF EXISTS ${name}`)),
};
