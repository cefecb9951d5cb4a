import { Centrifuge } from 'centrifuge';
import { WebSocket } from 'ws';
import { TestClient } from '../support/client.js';
import { call } from '../support/http.js';
import { register } from '../support/people.js';
import { TestServer } from '../support/server.js';
import { sign, unsecured } from '../support/tokens.js';
import { until } from '../support/until.js';

const aud = 'maxiaoke';
const iss = 'https://id.example.org';

describe('accounts and tokens', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start();
  });
  afterAll(() => server.dispose());

  const post = (path: string, body: object) => call(server, 'POST', `/auth/${path}`, { body });
  const me = (token?: string) => call(server, 'GET', '/users/me', { token });
  const password = 'correct horse battery';

  it('are made by registering, and let in by logging in', async () => {
    const made = await post('register', { username: 'Grace.霍珀', password, name: 'Grace' });
    expect(made).toMatchObject({
      status: 201,
      body: { user: { username: 'Grace.霍珀', name: 'Grace', roles: ['student'] } },
    });
    expect(made.body.expiresIn).toBeGreaterThan(0);
    const login = await post('login', { username: 'grace.霍珀', password });
    expect(login).toMatchObject({ status: 200, body: { user: { id: made.body.user.id } } });
    const { status, body } = await me(login.body.accessToken);
    expect({ status, id: body.id }).toEqual({ status: 200, id: made.body.user.id });
    expect(JSON.stringify([made.body, body])).not.toMatch(/password|argon/i);
  });

  it('have names of their own, however they are written', async () => {
    expect((await post('register', { username: 'Ｌｉｎ', password })).status).toBe(201);
    const taken = await post('register', { username: 'lin', password });
    expect(taken).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it('are refused with every wrong field named', async () => {
    const answer = await post('register', { username: 'a b', password: 'short', admin: true });
    expect(answer.status).toBe(422);
    const paths = answer.body.errors.map(({ path }) => path);
    expect(paths.sort()).toEqual(['/admin', '/password', '/username']);
  });

  it('do not tell a wrong password from an unknown name', async () => {
    await post('register', { username: 'known', password });
    const [wrong, unknown] = [
      await post('login', { username: 'known', password: 'not this one' }),
      await post('login', { username: 'nobody', password: 'not this one' }),
    ];
    expect(wrong).toMatchObject({ status: 401, body: { code: 'bad_credentials' } });
    expect({ ...unknown.body, instance: '' }).toEqual({ ...wrong.body, instance: '' });
  });

  it('are refreshed once a token; a second use ends the whole family', async () => {
    const { body: first } = await post('register', { username: 'refresher', password });
    const second = await post('refresh', { refreshToken: first.refreshToken });
    expect(second.status).toBe(200);
    expect((await me(second.body.accessToken)).status).toBe(200);
    expect((await post('refresh', { refreshToken: first.refreshToken })).status).toBe(401);
    expect((await post('refresh', { refreshToken: second.body.refreshToken })).status).toBe(401);
  });

  it('cannot be refreshed after logging out', async () => {
    const { body } = await post('register', { username: 'leaver', password });
    expect((await post('logout', { refreshToken: body.refreshToken })).status).toBe(204);
    expect((await post('refresh', { refreshToken: body.refreshToken })).status).toBe(401);
  });

  it('take changes to one’s own profile, and show others the public part', async () => {
    const [ada, lin] = [await register(server), await register(server)];
    const body = { name: 'Ada', bio: 'First of them' };
    expect((await call(server, 'PATCH', '/users/me', { ...ada, body })).status).toBe(200);
    const seen = (await call(server, 'GET', `/users/${ada.id}`, lin)).body;
    expect(seen).toMatchObject({ ...body, presence: { online: false } });
    expect(Object.keys(seen)).not.toContain('roles');
    const grab = await call(server, 'PATCH', '/users/me', { ...ada, body: { roles: ['admin'] } });
    expect(grab).toMatchObject({ status: 422, body: { errors: [{ path: '/roles' }] } });
  });

  it('are made on first use for the subject of a good token', async () => {
    const token = await sign({ sub: 'external-7', name: 'Outside Person' });
    const { status, body } = await me(token);
    expect({ status, id: body.id, name: body.name, username: body.username }).toEqual({
      status: 200,
      id: 'external-7',
      name: 'Outside Person',
      username: 'external-7',
    });
  });
});

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
