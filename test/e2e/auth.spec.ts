import { call } from '../support/http.js';
import { register } from '../support/people.js';
import { TestServer } from '../support/server.js';
import { sign } from '../support/tokens.js';

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
