import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock, silentLogger } from '#libs/kernel';
import { describeAdapter } from '#libs/state/testing';
import { freePort } from '../../../../test/support/ports.js';
import { servers } from '../../../../test/support/servers/index.js';
import { find, give, identity } from '../../../../test/support/servers/programs.js';
import { until } from '../../../../test/support/until.js';
import { postgres } from './index.js';

/** PgBouncer gives a connection for one transaction: what relies on a session is found out here. */
const settings = (server: URL, port: number) => `
[databases]
* = host=${server.hostname} port=${server.port} user=${server.username} password=${decodeURIComponent(server.password)}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
server_idle_timeout = 2
server_check_delay = 0
`;

let port = 0;
let folder = '';
let pooler: ChildProcess;

const listens = () =>
  new Promise<boolean>((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' })
      .once('connect', () => {
        socket.destroy();
        resolve(true);
      })
      .once('error', () => resolve(false));
  });

beforeAll(async () => {
  const program = find('pgbouncer');
  if (program === undefined)
    throw new Error('pgbouncer is not installed here: apt-get install pgbouncer');
  port = await freePort();
  folder = mkdtempSync(join(tmpdir(), 'maxiaoke-pgbouncer-'));
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(file, settings(new URL(servers.postgres.url), port));
  chmodSync(folder, 0o755);
  give(file, 'postgres');
  pooler = spawn(program, ['-q', file], { ...identity('postgres'), stdio: 'ignore' });
  await until('the pooler listens', listens);
});

afterAll(async () => {
  const ended = new Promise((resolve) => pooler.once('exit', resolve));
  pooler.kill('SIGKILL');
  await ended;
  rmSync(folder, { recursive: true });
});

/** The bus listens, which takes a session: it has a URL of its own there. */
const { bus: _bus, ...pooled } = postgres;

describe('behind a pooler in transaction mode', () => {
  describeAdapter({
    adapter: pooled,
    freshUrl: async () => {
      const url = new URL(await servers.postgres.freshUrl());
      url.port = String(port);
      return url.href;
    },
  });

  it('nobody hears what is published: the bus says so when it is opened, and what to name instead', async () => {
    const url = new URL(await servers.postgres.freshUrl());
    url.port = String(port);
    const bus = postgres.bus?.({
      url: url.href,
      variable: 'EVENT_BUS',
      clock: new ManualClock(),
      logger: silentLogger,
    });
    await expect(bus?.open()).rejects.toThrow(
      /EVENT_BUS: .*does not come back.*Name the PostgreSQL server itself/,
    );
  });
});
