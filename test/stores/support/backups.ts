import { execFileSync } from 'node:child_process';
import { closeSync, openSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { servers } from '../../support/servers/index.js';
import { give } from '../../support/servers/programs.js';

/** Ends with what the tool said, where it failed. */
const tool = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: 'utf8' });

/** How operators back a store up while it is in use, and restore it to a place that is empty: docs/operations.md. */
export interface BackupWay {
  name: string;
  available: boolean;
  /** A place to use. `folder` is the test's. */
  place(folder: string): Promise<string>;
  backUp(url: string, file: string): void;
  /** Gives the URL of what was restored; `used` is that of what was backed up. */
  restore(file: string, used: string): Promise<string>;
  /** After everything was closed. */
  leave?(): Promise<void>;
}

const sqliteFile = (url: string) => url.slice('sqlite:'.length);

export const sqliteBackup: BackupWay = {
  name: 'sqlite, .backup',
  available: true,
  place: async (folder) => `sqlite:${join(folder, 'used.db')}`,
  backUp: (url, file) => void tool('sqlite3', sqliteFile(url), `.backup '${file}'`),
  restore: async (file) => {
    const restored = join(dirname(file), 'restored.db');
    renameSync(file, restored);
    return `sqlite:${restored}`;
  },
};

export const postgresBackup: BackupWay = {
  name: 'postgres, pg_dump',
  available: servers.postgres.available,
  place: () => servers.postgres.freshUrl(),
  backUp: (url, file) =>
    void tool('pg_dump', '--format=custom', `--file=${file}`, `--dbname=${url}`),
  restore: async (file) => {
    const url = await servers.postgres.freshUrl();
    tool('pg_restore', '--exit-on-error', '--no-owner', `--dbname=${url}`, file);
    return url;
  },
};

const mysqlArguments = (url: string): string[] => {
  const { hostname, port, username, password, pathname } = new URL(url);
  const account = [`--user=${username}`, `--password=${decodeURIComponent(password)}`];
  return ['--no-defaults', `--host=${hostname}`, `--port=${port}`, ...account, pathname.slice(1)];
};

export const mysqlBackup: BackupWay = {
  name: 'mysql, mariadb-dump',
  available: servers.mysql.available,
  place: () => servers.mysql.freshUrl(),
  backUp: (url, file) => {
    const [defaults = '', ...rest] = mysqlArguments(url);
    tool('mariadb-dump', defaults, '--single-transaction', `--result-file=${file}`, ...rest);
  },
  restore: async (file) => {
    const url = await servers.mysql.freshUrl();
    const input = openSync(file, 'r');
    try {
      execFileSync('mariadb', mysqlArguments(url), { stdio: [input, 'pipe', 'pipe'] });
    } finally {
      closeSync(input);
    }
    return url;
  },
};

const withoutQuery = (url: string): string => url.split('?')[0] ?? url;

/** An empty server that loads the snapshot first, and writes its append-only file from then on. */
export function redisBackup(): BackupWay {
  let restored: Awaited<ReturnType<typeof servers.redis.own>> | undefined;
  return {
    name: 'redis, redis-cli --rdb',
    available: servers.redis.available,
    place: () => servers.redis.freshUrl(),
    backUp: (url, file) =>
      void tool('redis-cli', '-u', withoutQuery(url), '--no-auth-warning', '--rdb', file),
    restore: async (file, used) => {
      restored = await servers.redis.own(['--appendonly', 'no']);
      await restored.stop();
      const place = join(restored.dir, 'dump.rdb');
      tool('cp', file, place);
      give(place, 'redis');
      await restored.boot();
      const { url } = restored;
      tool('redis-cli', '-u', url, '--no-auth-warning', 'CONFIG', 'SET', 'appendonly', 'yes');
      return `${url}${new URL(used).search}`;
    },
    leave: async () => restored?.dispose(),
  };
}
