import { Centrifuge } from 'centrifuge';
import { WebSocket } from 'ws';
import { TestClient } from '../support/client.js';
import { call } from '../support/http.js';
import { TestServer } from '../support/server.js';
import { sign, unsecured } from '../support/tokens.js';
import { until } from '../support/until.js';

const aud = 'maxiaoke';
const iss = 'https://id.example.org';

describe('tokens that are not good', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ AUTH_ISSUER: iss, AUTH_AUDIENCE: aud });
  });
  afterAll(() => server.dispose());

  const good = { sub: 'somebody', name: 'Somebody', iss, aud };
  const forgeries: [string, () => string | Promise<string>][] = [
    ['no JWT at all', () => 'let-me-in'],
    ['unsecured (alg none)', () => unsecured(good)],
    ['signed with another key', () => sign(good, { secret: 'x'.repeat(40) })],
    ['for another audience', () => sign({ ...good, aud: 'somebody-else' })],
    ['of another issuer', () => sign({ ...good, iss: 'https://evil.example' })],
    ['without a subject', () => sign({ ...good, sub: '' })],
    [
      'altered after signing',
      async () => (await sign(good)).replace(/\.[^.]+\./, (part) => `${part.slice(0, -3)}Q9.`),
    ],
  ];
  const expired = () => sign(good, { expires: Math.floor(Date.now() / 1000) - 3600 });

  it('would be let in if they were', async () => {
    const token = await sign(good);
    expect((await call(server, 'GET', '/users/me', { token })).status).toBe(200);
    const client = await new TestClient(server, token).connect();
    client.close();
  });

  it.each(forgeries)('are refused over HTTP: %s', async (_, make) => {
    const answer = await call(server, 'GET', '/users/me', { token: await make() });
    expect(answer).toMatchObject({ status: 401, body: { status: 401 } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it.each([...forgeries, ['missing', () => ''] as (typeof forgeries)[number]])(
    'close a socket for good: %s',
    async (_, make) => {
      const client = new TestClient(server, await make());
      client.centrifuge.connect();
      await until('it is refused', () => client.left.includes(3500));
      expect(client.centrifuge.state).toBe('disconnected');
    },
  );

  it('are named where they expired, so that a client fetches another', async () => {
    const answer = await call(server, 'GET', '/users/me', { token: await expired() });
    expect(answer).toMatchObject({ status: 401, body: { code: 'token_expired' } });

    let fetched = 0;
    const client = new Centrifuge(server.socket, {
      token: await expired(),
      websocket: WebSocket,
      minReconnectDelay: 50,
      maxReconnectDelay: 100,
      getToken: async () => {
        fetched += 1;
        return sign(good);
      },
    });
    server.afterwards(() => client.disconnect());
    client.connect();
    await client.ready();
    expect(fetched).toBe(1);
    client.disconnect();
  });

  it('are replaced on the open connection before they expire', async () => {
    let fetched = 0;
    const client = new Centrifuge(server.socket, {
      token: await sign(good, { expires: Math.floor(Date.now() / 1000) + 3 }),
      websocket: WebSocket,
      getToken: async () => {
        fetched += 1;
        return sign(good);
      },
    });
    server.afterwards(() => client.disconnect());
    let connects = 0;
    client.on('connected', () => (connects += 1)).connect();
    await until('it is refreshed', () => fetched > 0);
    await client.rpc('room.read', { room: 'lobby', seq: 0 });
    expect(connects).toBe(1);
    client.disconnect();
  });

  it('are wanted where nobody may be anonymous', async () => {
    const answer = await call(server, 'GET', '/users/me');
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });
});
