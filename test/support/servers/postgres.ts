import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { find, give, runAs, versions } from './programs.js';
import { credentials, password, type ServerKind, withDatabase } from './server-kind.js';

const user = 'postgres';
const program = (name: string) =>
  find(name) ??
  find(
    name,
    versions('/usr/lib/postgresql').map((path) => join(path, 'bin')),
  );

async function connected(url: string, ...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * As installed, with every write on disk before it is answered. Its language sorts unlike code points
 * do, as most operators' do: an adapter that relies on the server's order is found out.
 */
export const postgres: ServerKind = {
  name: 'postgres',
  install: 'postgresql',
  user,
  program: () => program('postgres'),
  initialise: async (dir) => {
    const secret = `${dir}.password`;
    await writeFile(secret, password);
    give(secret, user);
    await runAs(user, program('initdb') ?? 'initdb', [
      ...['-D', dir, '-U', 'maxiaoke', `--pwfile=${secret}`, '-A', 'scram-sha-256'],
      ...['-E', 'UTF8', '--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en'],
      '--no-sync',
    ]);
    await rm(secret);
  },
  launch: (dir, port) => ({
    program: program('postgres') ?? 'postgres',
    args: [
      ...['-D', dir, '-p', String(port), '-c', 'listen_addresses=127.0.0.1'],
      ...['-c', 'unix_socket_directories=', '-c', 'fsync=on', '-c', 'synchronous_commit=on'],
      ...['-c', 'max_connections=200'],
    ],
  }),
  url: (port) => `postgres://${credentials('maxiaoke')}@127.0.0.1:${port}/postgres`,
  ready: (url) => connected(url, 'SELECT 1'),
  fresh: async (url, name) => {
    await connected(url, `CREATE DATABASE ${name}`);
    return withDatabase(url, name);
  },
  drop: (url, names) =>
    connected(url, ...names.map((name) => `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
};
