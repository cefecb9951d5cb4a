import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { StoreUnavailable } from '#libs/state';
import { TestApp } from '../../app.testing.js';
import { ResponseCache } from './response-cache.js';

interface Got {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

const elsewhere = 'https://school.example';

describe('the response cache', () => {
  let app: TestApp;
  let teacher: string;
  let learner: string;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  beforeAll(async () => {
    app = await TestApp.start({ PUBLIC_ORIGIN: elsewhere });
    await app.app.listen(0, '127.0.0.1');
    teacher = await app.token('teacher', 'instructor');
    learner = await app.token('learner', 'student');
  });
  afterAll(async () => {
    agent.destroy();
    await app.close();
  });

  /** Over a socket: what is cached is answered before the application sees the request. */
  function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> {
    const { port } = app.app.getHttpServer().address() as AddressInfo;
    return new Promise((resolve, reject) => {
      request({ port, path: `/api/v1${path}`, method, headers, agent }, (response) => {
        const { statusCode: status, headers: sent } = response;
        text(response).then((body) => resolve({ status, headers: sent, body }), reject);
      })
        .on('error', reject)
        .end();
    });
  }

  const hits = async (): Promise<number> => {
    const { body } = await app.app.inject({ method: 'GET', url: '/metrics' });
    const counts = body.match(/^maxiaoke_http_cache_hits_total\{.*\} \d+$/gm) ?? [];
    return counts.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };
  /** The answers, and how many of them came from the cache. */
  const counted = async (...asks: (() => Promise<Got>)[]): Promise<[number, ...Got[]]> => {
    const before = await hits();
    const answers: Got[] = [];
    for (const ask of asks) answers.push(await ask());
    return [(await hits()) - before, ...answers];
  };
  const lasting = ({ date: _date, 'x-request-id': _id, ...headers }: IncomingHttpHeaders) =>
    headers;
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it('says what was said the first time, header by header, whole or unchanged', async () => {
    await app.publish(teacher);
    const path = '/courses?limit=1';
    for (const origin of [{}, { origin: elsewhere }, { origin: 'https://other.example' }]) {
      const asked = () => get(path, origin);
      const [found, miss, hit] = await counted(asked, asked);
      expect([found, hit]).toEqual([1, { ...miss, headers: hit?.headers }]);
      expect(lasting(hit?.headers ?? {})).toEqual(lasting(miss?.headers ?? {}));

      const etag = { ...origin, 'if-none-match': miss?.headers.etag ?? '' };
      const unchanged = () => get(path, etag);
      app.app.get(ResponseCache).scope('catalogue').generation += 1;
      const [again, made, kept] = await counted(unchanged, unchanged);
      expect([again, made?.status, kept?.status, kept?.body]).toEqual([1, 304, 304, '']);
      expect(lasting(kept?.headers ?? {})).toEqual(lasting(made?.headers ?? {}));
    }
  });

  it('answers HEAD with the headers of GET', async () => {
    const path = '/courses?limit=2';
    const asked = (method: string) => () => get(path, {}, method);
    const [found, first, whole, head] = await counted(asked('HEAD'), asked('GET'), asked('HEAD'));
    expect(found).toBe(2);
    for (const { status, headers, body } of [first, head] as Got[]) {
      expect([status, body]).toEqual([200, '']);
      expect(lasting(headers)).toEqual(lasting(whole?.headers ?? {}));
    }
  });

  it('has a change in the very next answer', async () => {
    const { id } = await app.publish(teacher);
    for (let n = 0; n < 20; n += 1) {
      const { headers } = await get(`/courses/${id}`);
      await get('/courses');
      const title = `Title ${n}`;
      const match = { 'if-match': headers.etag ?? '' };
      await app.call('PATCH', `/courses/${id}`, {
        token: teacher,
        headers: match,
        body: { title },
      });
      for (const path of ['/courses', `/courses/${id}`])
        expect([path, (await get(path)).body]).toEqual([path, expect.stringContaining(title)]);
    }
  });

  it('keeps nothing that was made while something changed', async () => {
    const cache = app.app.get(ResponseCache);
    const scope = cache.scope('catalogue');
    const { courses } = app.data;
    const cards = courses.cards.bind(courses);
    const during = jest.spyOn(courses, 'cards').mockImplementationOnce(async (ids) => {
      const found = await cards(ids);
      scope.generation += 1;
      return found;
    });
    const asked = () => get('/courses?limit=3');
    const [found] = await counted(asked, asked, asked);
    expect(found).toBe(1);
    during.mockRestore();
  });

  it('gives a caller what is for everybody, and nobody what is for one', async () => {
    const body = { title: 'Mine', language: 'en', level: 'beginner', category: 'drafts' };
    const { id } = (await app.call('POST', '/courses', { token: teacher, body })).body;
    const drafts = '/courses?status=draft&instructor=teacher';
    for (const path of [`/courses/${id}`, drafts]) {
      for (let n = 0; n < 2; n += 1) {
        const own = await get(path, bearer(teacher));
        expect([own.status, own.headers['cache-control']]).toEqual([200, 'no-cache']);
        const [stranger, other] = [await get(path), await get(path, bearer(learner))];
        expect([path, [403, 404].includes(stranger.status ?? 0)]).toEqual([path, true]);
        expect(other.status).toBe(stranger.status);
      }
    }
    const open = await app.publish(teacher);
    for (const path of [`/courses/${open.id}`, '/courses?limit=4', '/courses/suggest?q=a']) {
      const first = await get(path, bearer(learner));
      const [found, hit] = await counted(() => get(path));
      expect([path, found, hit?.body]).toEqual([path, 1, first.body]);
      const cards = jest.spyOn(app.data.courses, 'cards');
      const signedIn = await get(path, bearer(teacher));
      expect(cards).not.toHaveBeenCalled();
      cards.mockRestore();
      expect(lasting(signedIn.headers)).toEqual(lasting(first.headers));
      expect(signedIn.body).toBe(first.body);
      expect((await get(path, { authorization: 'Bearer nonsense' })).status).toBe(401);
    }
  });

  it('gives each request its id', async () => {
    const ids = ['mine-1', 'mine-2', 'not\ta good one'];
    const given = await Promise.all(ids.map((id) => get('/courses', { 'x-request-id': id })));
    const got = given.map(({ headers }) => headers['x-request-id']);
    expect(got.slice(0, 2)).toEqual(ids.slice(0, 2));
    expect(new Set([...got, ...ids]).size).toBe(4);
  });

  it('asks for the revision of a store that others write to, each time', async () => {
    const scope = app.app.get(ResponseCache).scope('catalogue');
    let revision = () => Promise.resolve(1);
    scope.watch(() => revision());
    const asked =
      (headers = {}) =>
      () =>
        get('/courses?limit=5', headers);
    await counted(asked(), asked());
    expect((await counted(asked(), asked()))[0]).toBe(2);
    revision = () => Promise.resolve(2);
    expect((await counted(asked(), asked()))[0]).toBe(1);
    revision = () => Promise.reject(new StoreUnavailable('gone'));
    expect((await counted(asked()))[0]).toBe(0);
    expect((await get('/courses?limit=5', bearer(learner))).status).toBe(503);
    revision = () => Promise.resolve(2);
    expect((await counted(asked()))[0]).toBe(1);
  });
});

describe('a server that closes', () => {
  it('lets go of a connection that still asks for what is cached', async () => {
    const app = await TestApp.start();
    await app.app.listen(0, '127.0.0.1');
    const { port } = app.app.getHttpServer().address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    const ended = new Promise((resolve) => socket.on('close', resolve));
    const ask = 'GET /api/v1/courses HTTP/1.1\r\nHost: localhost\r\n\r\n';
    for (let n = 0; n < 2; n += 1) {
      socket.write(ask);
      await once(socket, 'data');
    }
    // One that has begun keeps the connection when the idle ones are closed.
    socket.write(ask.slice(0, 20));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const closing = app.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.write(ask.slice(20));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(String(answer)).toMatch(/^HTTP\/1.1 200 .*\r\nConnection: close\r\n/is);
    await Promise.all([closing, ended]);
  });
});
