import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../ports.js';
import { find } from '../servers/programs.js';
import { type RunningServer, servers } from '../servers/index.js';
import { until } from '../until.js';
import { told } from './told.js';

/** A primary, its replica, and the Sentinel that promotes the one where the other dies. */
export class RedisSentinel {
  private fresh = 0;

  private constructor(
    readonly primary: RunningServer,
    readonly replica: RunningServer,
    private readonly sentinel: ChildProcess,
    private readonly port: number,
    private readonly dir: string,
  ) {}

  static async start(): Promise<RedisSentinel> {
    const { password } = new URL(servers.redis.url);
    const secret = decodeURIComponent(password);
    const primary = await servers.redis.own(['--masterauth', secret]);
    const replica = await servers.redis.own([
      ...['--masterauth', secret, '--replicaof', '127.0.0.1', String(primary.port)],
    ]);
    const port = await freePort();
    const dir = mkdtempSync(join(tmpdir(), 'maxiaoke-sentinel-'));
    const file = join(dir, 'sentinel.conf');
    writeFileSync(
      file,
      [
        `port ${port}`,
        'bind 127.0.0.1',
        `dir ${dir}`,
        `sentinel monitor courses 127.0.0.1 ${primary.port} 1`,
        `sentinel auth-pass courses ${secret}`,
        'sentinel down-after-milliseconds courses 500',
        'sentinel failover-timeout courses 3000',
        '',
      ].join('\n'),
    );
    const sentinel = spawn(find('redis-server') ?? 'redis-server', [file, '--sentinel'], {
      stdio: 'ignore',
      detached: true,
    });
    sentinel.unref();
    const made = new RedisSentinel(primary, replica, sentinel, port, dir);
    try {
      await made.replicating();
    } catch (error) {
      await made.dispose();
      throw error;
    }
    return made;
  }

  /** A key prefix nobody used. */
  freshUrl(): string {
    const { username, password } = new URL(this.primary.url);
    this.fresh += 1;
    return `redis+sentinel://${username}:${password}@127.0.0.1:${this.port}/courses/0?prefix=test_${process.pid}_${this.fresh}`;
  }

  /** Resolves when the replica has what the primary has, and the Sentinel knows of it. */
  async replicating(): Promise<void> {
    await until('the replica is in step', () =>
      told(this.replica.url, async (client) =>
        (await client.info('replication')).includes('master_link_status:up'),
      ),
    );
    await until('the Sentinel knows the replica', () =>
      told(`redis://127.0.0.1:${this.port}`, async (client) => {
        const replicas = (await client.call('SENTINEL', 'REPLICAS', 'courses')) as unknown[];
        return replicas.length === 1;
      }).catch(() => false),
    );
  }

  async dispose(): Promise<void> {
    const ended = new Promise((resolve) => this.sentinel.once('exit', resolve));
    this.sentinel.kill('SIGKILL');
    await Promise.all([ended, this.primary.dispose(), this.replica.dispose()]);
    rmSync(this.dir, { recursive: true, force: true });
  }
}
