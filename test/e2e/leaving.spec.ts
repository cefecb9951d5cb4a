import { Agent, request } from 'node:http';
import { WebSocket } from 'ws';
import { TestClient } from '../support/client.js';
import { call, callRaw } from '../support/http.js';
import { external, register } from '../support/people.js';
import { TestServer } from '../support/server.js';
import { until } from '../support/until.js';

/** What an attempt to open a socket is answered. */
const refusal = (server: TestServer) =>
  new Promise<{ status: number | undefined; retryAfter: string | undefined }>((resolve, reject) => {
    const socket = new WebSocket(server.socket);
    socket.on('unexpected-response', (asked, { statusCode, headers }) => {
      resolve({ status: statusCode, retryAfter: headers['retry-after'] });
      asked.destroy();
    });
    socket.on('open', () => reject(new Error('it was let in')));
    socket.on('error', reject);
  });

describe('a server that is told to stop', () => {
  const servers: TestServer[] = [];
  const start = async (variables: Record<string, string>) => {
    const server = await TestServer.start(variables);
    servers.push(server);
    return server;
  };
  const client = async (server: TestServer, user: string) =>
    new TestClient(server, (await external(user)).token, { minReconnectDelay: 60_000 }).connect();
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.dispose();
  });

  it('says so at once, serves on during its notice, lets nobody new in, and only then closes', async () => {
    const server = await start({ DRAIN_SECONDS: '4', DRAIN_NOTICE_SECONDS: '3' });
    const inside = await client(server, 'ada');
    const ended = server.stop();
    const ready = await until('it is not ready', async () => {
      const answer = await callRaw(server, 'GET', '/health/ready');
      return answer.status === 503 && answer;
    });
    expect(ready.body.status).toBe('draining');
    expect(await refusal(server)).toEqual({ status: 503, retryAfter: '1' });
    expect((await call(server, 'GET', '/courses')).status).toBe(200);
    expect((await inside.send('lobby', 'c1', 'still served')).duplicate).toBe(false);
    expect(inside.lost).toEqual([]);
    expect(await ended).toMatchObject({ code: 0, signal: null });
    await until('the client is told', () => inside.lost.length > 0);
    expect(inside.lost[0]).toBe(3001);
  });

  it('tells connections that are kept alive to close', async () => {
    const server = await start({ DRAIN_SECONDS: '4', DRAIN_NOTICE_SECONDS: '3' });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const connection = () =>
      new Promise((resolve, reject) => {
        request({ agent, port: server.port, path: '/api/v1/courses' }, (response) => {
          response.resume().on('end', () => resolve(response.headers.connection));
        })
          .on('error', reject)
          .end();
      });
    expect(await connection()).toBe('keep-alive');
    const ended = server.stop();
    await until(
      'it is not ready',
      async () => (await callRaw(server, 'GET', '/health/ready')).status === 503,
    );
    expect(await connection()).toBe('close');
    agent.destroy();
    expect((await ended).code).toBe(0);
  });

  it('loses nothing that it acknowledged, and acknowledges what it took', async () => {
    const server = await start({ DRAIN_SECONDS: '2', DRAIN_NOTICE_SECONDS: '0' });
    const senders = await Promise.all(
      Array.from({ length: 5 }, (_, n) => client(server, `sender-${n}`)),
    );
    const acked = new Map<string, number>();
    let sending = true;
    const work = senders.map(async (sender, at) => {
      for (let n = 0; sending; n += 1) {
        const cid = `${at}-${n}`;
        try {
          acked.set(cid, (await sender.send('lobby', cid, cid)).seq);
        } catch {
          return;
        }
      }
    });
    await until('messages flow', () => acked.size > 100);
    expect(await server.stop()).toMatchObject({ code: 0, signal: null });
    sending = false;
    for (const sender of senders) {
      await until('the sender is told', () => sender.lost.length > 0);
      expect(sender.lost[0]).toBe(3001);
      sender.close();
    }
    await Promise.all(work);

    await server.boot();
    const { token } = await external('reader');
    const stored = new Map<string, number>();
    for (let after = 0; ;) {
      const path = `/rooms/lobby/messages?after=${after}&limit=100`;
      const { items, head } = (await call(server, 'GET', path, { token })).body;
      for (const { cid, seq } of items) stored.set(cid, seq);
      after = items.at(-1)?.seq ?? head;
      if (after >= head) break;
    }
    for (const [cid, seq] of acked) expect([cid, stored.get(cid)]).toEqual([cid, seq]);
  });

  it('closes some after the others, not all at once', async () => {
    const server = await start({ DRAIN_SECONDS: '3', DRAIN_NOTICE_SECONDS: '0' });
    const clients = await Promise.all(
      Array.from({ length: 30 }, (_, n) => client(server, `guest-${n}`)),
    );
    const gone = () => clients.filter(({ lost }) => lost.length > 0).length;
    const ended = server.stop();
    await until('one was closed', () => gone() > 0);
    expect(gone()).toBeLessThan(15);
    const last = clients.find(({ lost }) => lost.length === 0);
    expect((await last?.send('lobby', 'c1', 'while others go'))?.duplicate).toBe(false);
    expect((await ended).code).toBe(0);
    await until('all were', () => gone() === 30);
    expect(new Set(clients.map(({ lost }) => lost[0]))).toEqual(new Set([3001]));
  });

  it('does not wait for a client that neither reads nor answers', async () => {
    const server = await start({ DRAIN_SECONDS: '0' });
    const silent = new WebSocket(server.socket);
    await new Promise((resolve) => silent.on('open', resolve));
    silent.pause();
    expect((await server.stop()).code).toBe(0);
    silent.terminate();
  });

  it('ends at the second signal, whatever there is to do', async () => {
    const server = await start({ DRAIN_SECONDS: '600', DRAIN_NOTICE_SECONDS: '600' });
    await register(server);
    const ended = server.stop();
    await until(
      'it is stopping',
      async () => (await callRaw(server, 'GET', '/health/ready')).status === 503,
    );
    void server.stop();
    expect((await ended).code).toBe(1);
  });
});
