import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { adapters } from '#libs/state/adapters';
import { TestClient } from '../support/client.js';
import { call, callRaw } from '../support/http.js';
import { external, publishCourse, register } from '../support/people.js';
import { run, removeDir, tempDir } from '../support/run.js';
import { TestServer } from '../support/server.js';
import { until } from '../support/until.js';

/** The stores that need no server, whatever the profile. */
const embedded = {
  DATA_STORE: 'sqlite:./data/maxiaoke.db',
  HISTORY_STORE: 'sqlite:./data/maxiaoke.db',
  SESSION_STORE: 'memory:',
  EVENT_BUS: 'memory:',
};

describe('the process', () => {
  const servers: TestServer[] = [];
  const dirs: string[] = [];
  const start = async (variables: Record<string, string> = {}) => {
    const server = await TestServer.start(variables);
    servers.push(server);
    return server;
  };
  const dir = () => {
    const made = tempDir();
    dirs.push(made);
    return made;
  };
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.dispose();
    dirs.splice(0).forEach(removeDir);
  });

  it('serves the modules it is told to, and says which', async () => {
    const server = await start({ MODULES: 'course,recommendation' });
    const ready = await callRaw(server, 'GET', '/health/ready');
    expect([...ready.body.modules].sort()).toEqual(['course', 'recommendation']);
    expect((await call(server, 'GET', '/courses')).status).toBe(200);
    const { token } = await external('someone');
    for (const path of [
      '/rooms',
      '/rooms/lobby',
      '/rooms/lobby/messages',
      '/messages/search?q=x',
    ]) {
      const { status } = await call(server, 'GET', path, { token });
      expect({ path, status }).toEqual({ path, status: 404 });
    }
    const upgrade = await callRaw(server, 'GET', '/connection/websocket', {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    });
    expect(upgrade.status).toBe(404);
    const { body } = await callRaw(server, 'GET', '/api/openapi.json');
    expect(Object.keys(body.paths).filter((path) => path.includes('/rooms'))).toEqual([]);
  });

  it('counts what it does, by the names of the documentation', async () => {
    const server = await start();
    const metrics = await callRaw(server, 'GET', '/metrics');
    expect(metrics.status).toBe(200);
    expect(metrics.text).toMatch(/^# HELP /m);
    const documented = readFileSync('docs/operations.md', 'utf8').matchAll(
      /^\| `(maxiaoke_\w+)[`{]/gm,
    );
    const missing = [...documented].filter(([, name]) => !metrics.text.includes(`# TYPE ${name} `));
    expect(missing.map(([, name]) => name)).toEqual([]);
  });

  it('names every wrong variable at once, the accepted values and an example, and exits 78', async () => {
    const ended = await run(['serve'], dir(), { MODULES: 'nonsense', PORT: 'many', DEMO: 'maybe' });
    expect(ended.code).toBe(78);
    for (const name of [
      'MODULES',
      'course',
      'recommendation',
      'identity',
      'chat',
      'PORT',
      'DEMO',
    ]) {
      expect(ended.stderr).toContain(name);
    }
    expect(ended.stderr).not.toMatch(/\n {4}at /);
  });

  it('refuses several replicas over a store that is not shared, and names what to change', async () => {
    const ended = await run(['serve'], dir(), {
      ...embedded,
      REPLICAS: '3',
    });
    expect(ended.code).toBe(78);
    expect(ended.stderr).toContain('REPLICAS');
    expect(ended.stderr).toMatch(/DATA_STORE|HISTORY_STORE|SESSION_STORE/);
  });

  it('wants a secret of its own in production', async () => {
    const missing = await run(['serve'], dir(), { NODE_ENV: 'production' });
    expect(missing.code).toBe(78);
    expect(missing.stderr).toContain('AUTH_SECRET');
    const short = await run(['serve'], dir(), { AUTH_SECRET: 'short' });
    expect(short.code).toBe(78);
  });

  it('drains: clients are closed with 3001, what was sent is answered, exit 0', async () => {
    const server = await start();
    const { token } = await register(server);
    const clients = await Promise.all(
      Array.from({ length: 8 }, () =>
        new TestClient(server, token, { minReconnectDelay: 20_000 }).connect(),
      ),
    );
    const sent = clients.map((client, n) => client.send('lobby', `last-${n}`, 'last words'));
    await Promise.all(sent);
    const { code, signal } = await server.stop();
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    for (const client of clients) {
      await until('the client is told', () => client.left.includes(3001));
      client.close();
    }
  });

  it('keeps its own key between starts, so that tokens stay good', async () => {
    const server = await start({ AUTH_SECRET: '' });
    const { token, id } = await register(server);
    await server.stop();
    await server.boot();
    expect(await call(server, 'GET', '/users/me', { token })).toMatchObject({ body: { id } });
  });

  it('leaves an import of its own export unchanged', async () => {
    const server = await start();
    const teacher = await external('teacher-export', 'instructor');
    for (let n = 0; n < 30; n += 1) {
      await publishCourse(server, teacher, { tags: ['a', 'b,c'], summary: `"${n}"\n第二行, <b>` });
    }
    await server.stop();
    for (const format of ['ndjson', 'csv']) {
      const out = await run(
        ['export', 'courses', '--format', format],
        server.dir,
        server.environment,
      );
      expect({ format, code: out.code, stderr: out.stderr }).toMatchObject({ format, code: 0 });
      const args = ['import', 'courses', '--format', format, '--json'];
      const back = await run(args, server.dir, server.environment, out.stdout);
      expect({ format, code: back.code, report: JSON.parse(back.stdout) as unknown }).toMatchObject(
        {
          format,
          code: 0,
          report: { created: 0, updated: 0, unchanged: 30, failed: 0 },
        },
      );
    }
  });

  it('prints its configuration, and checks it', async () => {
    const here = dir();
    const defaults = await run(['config', 'defaults'], here);
    expect(defaults).toMatchObject({ code: 0 });
    expect(defaults.stdout).toContain('DRAIN_SECONDS');
    const check = await run(['config', 'check'], here, {
      AUTH_SECRET: 'do not show this to anybody at all',
    });
    expect(check).toMatchObject({ code: 0 });
    expect(check.stdout).not.toContain('do not show this');
    expect((await run(['config', 'check'], here, { PORT: '99999' })).code).toBe(78);
    expect((await run(['nonsense'], here)).code).toBe(64);
  });

  const served = adapters.filter(({ shared }) => shared);
  it.each(served.map(({ name, data }) => [data ? 'DATA_STORE' : 'SESSION_STORE', name]))(
    'names %s where nobody serves the %s store, never the password, and ends',
    async (variable, name) => {
      const url = `${name}://someone:do-not-show@127.0.0.1:1/nowhere`;
      const ended = await run(['serve'], dir(), { ...embedded, [variable]: url });
      expect(ended.code).toBeGreaterThan(0);
      expect(ended.stderr).toContain(variable);
      expect(ended.stdout + ended.stderr).not.toContain('do-not-show');
    },
  );

  describe('on a sqlite file', () => {
    const boot = (file: string) =>
      run(['serve'], dir(), {
        ...embedded,
        PORT: '1',
        HOST: '127.0.0.1',
        DATA_STORE: `sqlite:${file}`,
        HISTORY_STORE: `sqlite:${file}`,
      });

    it('refuses to be the second one on it, by name', async () => {
      const server = await start(embedded);
      const ended = await boot(join(server.dir, 'data/maxiaoke.db'));
      expect(ended.code).not.toBe(0);
      expect(ended.stdout + ended.stderr).toMatch(/maxiaoke\.db/);
      expect(ended.stderr).toMatch(/DATA_STORE: .* in use by another process/);
      expect((await call(server, 'GET', '/courses')).status).toBe(200);
    });

    it('refuses a file that is no database, and leaves it as it was', async () => {
      const file = join(dir(), 'letter.db');
      writeFileSync(file, 'Dear Sir or Madam, this is no database. '.repeat(200));
      const ended = await boot(file);
      expect(ended.code).toBeGreaterThan(0);
      expect(ended.stdout + ended.stderr).toContain('letter.db');
      expect(ended.stdout + ended.stderr).not.toMatch(/\n {4}at .*\n {4}at /);
    });

    it('refuses a place where it cannot write', async () => {
      const here = dir();
      const file = join(here, 'not-a-folder');
      writeFileSync(file, '');
      mkdirSync(join(here, 'locked'));
      chmodSync(join(here, 'locked'), 0o500);
      const ended = await boot(join(file, 'x.db'));
      expect(ended.code).toBeGreaterThan(0);
      expect(ended.stdout + ended.stderr).toContain('not-a-folder');
    });
  });
});
