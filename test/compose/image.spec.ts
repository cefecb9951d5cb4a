import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configTable } from '../../src/env.js';
import { freePort } from '../support/ports.js';
import { authSecret } from '../support/server.js';
import { until } from '../support/until.js';
import { docker, type Result, stateOf, tryDocker } from './support/docker.js';
import { image } from './support/image.js';

/** To be ready, on a machine that does other things, ms. */
const patienceMs = 120_000;
const secret = ['-e', `AUTH_SECRET=${authSecret}`];

describe('the image', () => {
  const containers: string[] = [];
  const volumes: string[] = [];
  let made = 0;
  const name = () => `maxiaoke-test-${process.pid}-${(made += 1)}`;
  const volume = () => {
    const one = name();
    volumes.push(one);
    return one;
  };
  /** Starts it as an operator does; resolves when Docker says that it is healthy. */
  const start = async (...args: string[]): Promise<string> => {
    const container = name();
    containers.push(container);
    await docker(['run', '-d', '--name', container, ...args, image]);
    await until(
      'it is healthy',
      async () => {
        const { Running, ExitCode, Health } = await stateOf(container);
        if (!Running)
          throw new Error(`it ended with ${ExitCode}: ${await docker(['logs', container])}`);
        return Health?.Status === 'healthy';
      },
      patienceMs,
    );
    return container;
  };
  /** Runs it to its end. */
  const run = (...args: string[]): Promise<Result> => tryDocker(['run', '--rm', ...args]);
  /** One line, and nothing beside it, says what is wrong. */
  const expectRefusal = ({ code, stdout, stderr }: Result, exit: number, ...says: RegExp[]) => {
    const lines = (stdout + stderr).trim().split('\n');
    expect({ code, lines }).toEqual({ code: exit, lines: [expect.stringMatching(/^maxiaoke: /)] });
    for (const one of says) expect(lines[0]).toMatch(one);
  };

  afterAll(async () => {
    if (containers.length > 0) await docker(['rm', '-f', '-v', ...containers]);
    if (volumes.length > 0) await docker(['volume', 'rm', '-f', ...volumes]);
  });

  it('adds less than 100 MB to what Node comes in, runs as a user of its own, and says what it is', async () => {
    const format = '{{json .}}';
    const inspect = async (of: string) =>
      JSON.parse(await docker(['inspect', '-f', format, of])) as {
        Size: number;
        Config: {
          User: string;
          Entrypoint: string[];
          StopSignal: string;
          Volumes: object;
          Labels: Record<string, string>;
        };
      };
    const [own, base] = [await inspect(image), await inspect('node:24-trixie-slim')];
    expect(own.Size - base.Size).toBeLessThan(100_000_000);
    expect(own.Config).toMatchObject({
      User: '1000:1000',
      StopSignal: 'SIGTERM',
      Volumes: { '/data': {} },
    });
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: { start: string };
    };
    const options = scripts.start.split(' ').filter((word) => word.startsWith('--'));
    expect(options.length).toBeGreaterThan(0);
    expect(own.Config.Entrypoint).toEqual(expect.arrayContaining(options));
    const label = (key: string) => own.Config.Labels[`org.opencontainers.image.${key}`];
    for (const key of ['title', 'description', 'licenses', 'version', 'revision', 'created'])
      expect([key, label(key)]).toEqual([key, expect.stringMatching(/./)]);
  });

  it('serves with no variable but AUTH_SECRET, on a root file system that nobody can write to, and keeps its data', async () => {
    const [data, port] = [volume(), await freePort()];
    const args = ['--read-only', '--cap-drop', 'ALL', '-p', `127.0.0.1:${port}:3000`];
    const container = await start(...args, '-v', `${data}:/data`, ...secret);
    const base = `http://127.0.0.1:${port}`;
    const body = JSON.stringify({ username: 'ada', password: 'correct horse battery' });
    const post = (path: string) =>
      fetch(`${base}/api/v1/auth/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    expect((await post('register')).status).toBe(201);
    await docker(['stop', container]);
    expect(await stateOf(container)).toMatchObject({ ExitCode: 0, OOMKilled: false });
    await start(...args, '-v', `${data}:/data`, ...secret);
    expect((await post('login')).status).toBe(200);
  });

  it('ends at SIGTERM while it still starts', async () => {
    const container = name();
    containers.push(container);
    await docker(['run', '-d', '--name', container, ...secret, image]);
    await docker(['kill', '-s', 'TERM', container]);
    await until('it ends', async () => !(await stateOf(container)).Running, patienceMs);
    expect([0, 143]).toContain((await stateOf(container)).ExitCode);
  });

  it('runs every command, with nothing to be set for those that need nothing', async () => {
    const defaults = await run(image, 'config', 'defaults');
    expect(defaults).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('DRAIN_SECONDS') as string,
    });
    const doctor = await run(...secret, '-v', `${volume()}:/data`, image, 'doctor', '--json');
    expect(JSON.parse(doctor.stdout)).toHaveLength(4);
    expect((await run(image, 'nonsense')).code).toBe(64);
  });

  describe('refuses, in one line,', () => {
    it('to start without a secret, and says how to make one', async () => {
      expectRefusal(await run(image), 78, /AUTH_SECRET/, /openssl rand/);
    });

    it('a store of no known kind, and shows no password', async () => {
      const url = 'postgre://me:do-not-show@db/x';
      const refused = await run(...secret, '-e', `DATA_STORE=${url}`, image);
      expectRefusal(refused, 78, /DATA_STORE/, /postgres:/);
      expect(refused.stderr).not.toContain('do-not-show');
    });

    it('a store that nobody serves, and shows no password', async () => {
      const url = 'postgres://me:do-not-show@127.0.0.1:1/x';
      const refused = await run(...secret, '-e', `DATA_STORE=${url}`, image);
      expectRefusal(refused, 69, /DATA_STORE/, /nothing listens there/);
      expect(refused.stderr).not.toContain('do-not-show');
    });

    it('a volume that a newer version made', async () => {
      const data = volume();
      const script =
        "new (require('/app/node_modules/better-sqlite3-napi'))('/data/maxiaoke.db').exec('PRAGMA user_version = 999')";
      await docker([
        'run',
        '--rm',
        '-v',
        `${data}:/data`,
        '--entrypoint',
        'node',
        image,
        '-e',
        script,
      ]);
      const refused = await run(...secret, '-v', `${data}:/data`, image);
      expectRefusal(refused, 78, /DATA_STORE/, /newer version/);
    });

    it('a folder that it must not write to', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'maxiaoke-locked-'));
      chmodSync(folder, 0o500);
      const refused = await run(...secret, '-v', `${folder}:/data`, image);
      rmSync(folder, { recursive: true });
      expectRefusal(refused, 78, /\/data/, /permissions/);
    });

    it('a port that is taken', async () => {
      // The image's own probe may knock, too.
      const taken = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
      await new Promise((resolve) => taken.once('listening', resolve));
      const { port } = taken.address() as { port: number };
      const where = ['--network', 'host', '-e', 'HOST=127.0.0.1', '-e', `PORT=${port}`];
      const refused = await run(...secret, ...where, image);
      await new Promise((resolve) => taken.close(resolve));
      expectRefusal(refused, 69, new RegExp(`:${port}`), /set PORT/);
    });
  });
});

describe('docker-compose.yml', () => {
  it('says what to do where there are no secrets yet', async () => {
    const empty = ['--env-file', '/dev/null', '--profile', 'embedded', 'config', '-q'];
    const { code, stderr } = await tryDocker(['compose', ...empty], { AUTH_SECRET: '' });
    expect(code).not.toBe(0);
    expect(stderr).toContain('npm run compose:init');
  });

  it('gives the server no variable that its configuration does not know', async () => {
    const secrets = ['AUTH_SECRET', 'POSTGRES_PASSWORD', 'REDIS_PASSWORD', 'MYSQL_PASSWORD'];
    const variables = Object.fromEntries(
      [...secrets, 'MYSQL_ROOT_PASSWORD'].map((name) => [name, 'x']),
    );
    const flags = ['--env-file', '/dev/null', '--profile', '*', 'config', '--format', 'json'];
    const { services } = JSON.parse(await docker(['compose', ...flags], variables)) as {
      services: Record<string, { image: string; environment?: Record<string, string> }>;
    };
    const own = Object.values(services).filter((service) => service.image.startsWith('maxiaoke'));
    const given = new Set(own.flatMap(({ environment }) => Object.keys(environment ?? {})));
    expect(given.size).toBeGreaterThan(5);
    const known = configTable.map(({ variable }) => variable);
    expect([...given].filter((name) => !known.includes(name))).toEqual([]);
  });
});
