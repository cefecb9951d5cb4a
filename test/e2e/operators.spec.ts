import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call } from '../support/http.js';
import { external, type Person } from '../support/people.js';
import { type Ended, ending, launch, run } from '../support/run.js';
import { TestServer } from '../support/server.js';
import { pause, until } from '../support/until.js';

interface Diagnosis {
  variable: string;
  adapter: string;
  url: string;
  reachable: boolean;
  version: string;
  latencyMs: number;
  findings: { level: string; what: string }[];
}

const embeddedSessions = { SESSION_STORE: 'memory:', EVENT_BUS: 'memory:' };

describe('operators', () => {
  let server: TestServer;
  let ada: Person;
  const variables = (more: Record<string, string> = {}) => ({ ...server.environment, ...more });
  const doctor = async (more: Record<string, string> = {}) => {
    const ended = await run(['doctor', '--json'], server.dir, variables(more));
    return { ...ended, stores: JSON.parse(ended.stdout) as Diagnosis[] };
  };
  const say = async (room: string, cid: string) => {
    const body = { cid, text: `message ${cid}` };
    const path = `/rooms/${room}/messages`;
    const { status } = await call(server, 'POST', path, { token: ada.token, body });
    expect(status).toBeLessThan(300);
  };

  beforeAll(async () => {
    server = await TestServer.start();
    ada = await external('ada', 'moderator');
  });
  afterAll(() => server.dispose());

  describe('ask doctor', () => {
    it('who finds every store of this profile well, beside the running server', async () => {
      const { code, stores } = await doctor();
      expect(stores.map(({ variable }) => variable)).toEqual([
        'DATA_STORE',
        'HISTORY_STORE',
        'SESSION_STORE',
        'EVENT_BUS',
      ]);
      for (const { variable, reachable, version, latencyMs, findings } of stores) {
        expect([variable, reachable]).toEqual([variable, true]);
        expect(version).toMatch(/\d/);
        expect(latencyMs).toBeGreaterThanOrEqual(0);
        expect(findings.filter(({ level }) => level === 'problem')).toEqual([]);
      }
      expect(code).toBe(0);
    });

    it('who says what to do for a reader, too', async () => {
      const { stdout } = await run(['doctor'], server.dir, variables());
      expect(stdout).toMatch(/^[✓!] DATA_STORE/m);
      expect(stdout).toMatch(/4 stores, 0 problems, \d warnings?\n$/);
    });

    it('who leaves with 69 where a store does not answer, and shows no password', async () => {
      const silent = 'postgres://me:s3cret@127.0.0.1:1/maxiaoke';
      const { code, stores, stdout, stderr } = await doctor({ HISTORY_STORE: silent });
      expect(code).toBe(69);
      expect(stores[1]).toMatchObject({ adapter: 'postgres', reachable: false });
      expect(stores[1]?.findings[0]?.what).toContain('HISTORY_STORE');
      expect(stdout + stderr).not.toContain('s3cret');
    });

    it('who leaves with 78 where acknowledged messages can be lost', async () => {
      const { code, stores } = await doctor({ HISTORY_STORE: 'memory:' });
      expect(code).toBe(78);
      expect(stores[1]?.findings).toMatchObject([{ level: 'problem' }]);
    });
  });

  describe('move the history to another store', () => {
    it('while the server runs, though the copy is killed, and clients go on where they were', async () => {
      const target = `sqlite:${join(server.dir, 'moved.db')}`;
      const source =
        server.environment.HISTORY_STORE ??
        server.environment.DATA_STORE ??
        'sqlite:./data/maxiaoke.db';
      const args = ['state', 'copy', '--from', source, '--to', target, '--no-sessions', '--json'];
      const { body: room } = await call(server, 'POST', '/rooms', {
        token: ada.token,
        body: { kind: 'group', name: 'Moved' },
      });
      for (let at = 0; at < 200; at += 20)
        await Promise.all(Array.from({ length: 20 }, (_, n) => say(room.id, `c${at + n}`)));

      const killed = launch(args, server.dir, variables());
      const end = ending(killed);
      await pause(700);
      killed.kill('SIGKILL');
      await end;

      const following = launch([...args, '--follow', '--verify'], server.dir, variables());
      let heard = '';
      following.stderr?.setEncoding('utf8').on('data', (text: string) => (heard += text));
      const copied: Promise<Ended> = ending(following);
      await until('the copy is up to date', () => heard.includes('up to date'));
      for (let at = 200; at < 230; at += 1) await say(room.id, `c${at}`);
      const page = `/rooms/${room.id}/messages?limit=100&after=150`;
      const before = (await call(server, 'GET', page, { token: ada.token })).body;
      await server.stop();
      following.kill('SIGINT');
      const { code, stdout, stderr } = await copied;
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(JSON.parse(stdout)).toMatchObject({ verified: { difference: null } });
      expect(stdout + stderr).not.toContain('pa55');

      await server.boot({ HISTORY_STORE: target, ...embeddedSessions });
      expect((await call(server, 'GET', page, { token: ada.token })).body).toEqual(before);
      const path = `/rooms/${room.id}/messages`;
      const again = await call(server, 'POST', path, {
        token: ada.token,
        body: { cid: 'c7', text: 'sent again' },
      });
      expect(again.body).toMatchObject({ duplicate: true });
    });

    it('and are told where two stores differ, with 65', async () => {
      const moved = `sqlite:${join(server.dir, 'moved.db')}`;
      const other = `sqlite:${join(server.dir, 'other.db')}`;
      await server.stop();
      await run(['state', 'copy', '--from', moved, '--to', other], server.dir, variables());
      await server.boot({ HISTORY_STORE: other, ...embeddedSessions });
      await say('lobby', 'only-in-the-copy');
      await server.stop();
      const args = ['state', 'copy', '--from', moved, '--to', other, '--verify'];
      const { code, stdout, stderr } = await run(args, server.dir, variables());
      expect(code).toBe(65);
      expect(stdout + stderr).toContain('room lobby');
    });

    it('by way of a file', async () => {
      const on = (name: string) => ({
        ...variables(),
        HISTORY_STORE: `sqlite:${join(server.dir, name)}`,
      });
      const exported = await run(['export', 'messages'], server.dir, on('moved.db'));
      expect(exported.stdout.split('\n').length).toBeGreaterThan(230);
      writeFileSync(join(server.dir, 'messages.ndjson'), exported.stdout);
      const load = ['import', 'messages', 'messages.ndjson', '--json'];
      const { code, stdout } = await run(load, server.dir, on('third.db'));
      expect([code, JSON.parse(stdout)]).toMatchObject([0, { failed: 0, errors: [] }]);
      const again = await run(['export', 'messages'], server.dir, on('third.db'));
      expect(again.stdout).toBe(exported.stdout);
      for (const rows of ['messages', 'interactions'])
        expect(
          await run(['import', rows, 'none.ndjson'], server.dir, on('third.db')),
        ).toMatchObject({
          code: 66,
          stderr: expect.stringContaining('no such file') as string,
        });
    });
  });
});
