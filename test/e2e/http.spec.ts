import { connect } from 'node:net';
import { call, callRaw } from '../support/http.js';
import { external, type Person, publishCourse, register } from '../support/people.js';
import { TestServer } from '../support/server.js';

describe('HTTP conventions', () => {
  let server: TestServer;
  let teacher: Person;
  let student: Person;

  beforeAll(async () => {
    server = await TestServer.start();
    teacher = await external('teacher-http', 'instructor');
    student = await register(server);
  });
  afterAll(() => server.dispose());

  const draft = { title: 'Draft', language: 'en', level: 'beginner', category: 'design' };

  it('answers errors as problems with a stable code', async () => {
    const answer = await call(server, 'GET', '/courses/no-such-course');
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer).toMatchObject({
      status: 404,
      body: { status: 404, code: 'not_found', instance: '/api/v1/courses/no-such-course' },
    });
    for (const field of ['type', 'title', 'detail']) expect(answer.body).toHaveProperty(field);
  });

  it('keeps a given request id and makes one where none is given', async () => {
    const headers = { 'x-request-id': 'my-request-1' };
    const given = await call(server, 'GET', '/courses', { headers });
    expect(given.headers.get('x-request-id')).toBe('my-request-1');
    const made = await call(server, 'GET', '/courses');
    expect(made.headers.get('x-request-id')).toBeTruthy();
  });

  it('names the reason of a body it cannot take', async () => {
    const send = (body: string, type = 'application/json', status = 0) =>
      call(server, 'POST', '/auth/login', { body, headers: { 'content-type': type } }).then(
        (answer) => [answer.status, answer.body.code, status],
      );
    expect(await send('{"username": ')).toEqual([400, 'malformed', 0]);
    expect(await send('[]')).toEqual([422, 'invalid', 0]);
    expect(await send('username=x', 'application/x-www-form-urlencoded')).toEqual([
      415,
      'not_json',
      0,
    ]);
    expect(await send('slug,title', 'text/csv')).toEqual([415, 'not_json', 0]);
    expect(await send(`"${'x'.repeat(1_100_000)}"`)).toEqual([413, 'too_large', 0]);
  });

  it('answers who sends too much, and goes on with them when they have sent it', async () => {
    const { hostname, port } = new URL(server.url);
    const client = connect(Number(port), hostname);
    const heard = new Promise<string>((resolve, reject) => {
      let said = '';
      client.on('data', (chunk) => {
        said += chunk.toString();
        if (said.includes('HTTP/1.1 200')) resolve(said);
      });
      client.on('error', reject).on('close', () => reject(new Error(`closed after ${said}`)));
    });
    const length = 1_500_000;
    const head = ['POST /api/v1/auth/login HTTP/1.1', 'Host: a', 'Content-Type: application/json'];
    client.write([...head, `Content-Length: ${length}`, '', ''].join('\r\n'));
    client.write('x'.repeat(length));
    client.write('GET /api/v1/courses?limit=1 HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await heard).toMatch(/^HTTP\/1.1 413 [\s\S]*"code":"too_large"/);
    client.destroy();
  });

  it('refuses unknown query parameters and fields by name', async () => {
    const query = await call(server, 'GET', '/courses?colour=red&limit=0');
    expect(query.status).toBe(422);
    expect(query.body.errors.map(({ path }) => path)).toEqual(
      expect.arrayContaining([expect.stringContaining('colour'), expect.stringContaining('limit')]),
    );
    const body = { ...draft, colour: 'red' };
    const field = await call(server, 'POST', '/courses', { ...teacher, body });
    expect(field).toMatchObject({ status: 422, body: { errors: [{ path: '/colour' }] } });
  });

  it('answers 304 to a reader who has the newest, until something changes', async () => {
    const course = await publishCourse(server, teacher);
    for (const path of ['/courses', `/courses/${course.id}`]) {
      const first = await call(server, 'GET', path);
      const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
      const unchanged = await call(server, 'GET', path, { headers });
      expect([path, unchanged.status, unchanged.text]).toEqual([path, 304, '']);
      const weak = { 'if-none-match': `"other", W/${headers['if-none-match'].replace('W/', '')}` };
      expect((await call(server, 'GET', path, { headers: weak })).status).toBe(304);

      const { headers: now } = await call(server, 'GET', `/courses/${course.id}`);
      const match = { 'if-match': now.get('etag') ?? '' };
      const body = { title: `Title after ${path}` };
      const ask = { token: teacher.token, body, headers: match };
      expect((await call(server, 'PATCH', `/courses/${course.id}`, ask)).status).toBe(200);
      const changed = await call(server, 'GET', path, { headers });
      expect([path, changed.status]).toEqual([path, 200]);
      expect(changed.text).toContain(body.title);
    }
  });

  it('wants If-Match for a change, and refuses one that is not current', async () => {
    const made = await call(server, 'POST', '/courses', { ...teacher, body: draft });
    expect(made.status).toBe(201);
    const path = `/courses/${made.body.id}`;
    expect(made.headers.get('location')).toContain(path);
    const etag = made.headers.get('etag') ?? '';
    const patch = (headers: Record<string, string>) =>
      call(server, 'PATCH', path, { token: teacher.token, headers, body: { title: 'New' } });
    expect(await patch({})).toMatchObject({ status: 428, body: { code: 'precondition_required' } });
    expect((await patch({ 'if-match': '"nonsense"' })).status).toBe(412);
    const done = await patch({ 'if-match': etag });
    expect(done).toMatchObject({ status: 200, body: { title: 'New', version: 2 } });
    expect(await patch({ 'if-match': etag })).toMatchObject({ status: 412 });
  });

  it('does the work of one Idempotency-Key once', async () => {
    const headers = { 'idempotency-key': 'key-1' };
    const body = { ...draft, title: 'Only once' };
    const ask = { token: teacher.token, headers, body };
    const [first, ...others] = await Promise.all(
      Array.from({ length: 5 }, () => call(server, 'POST', '/courses', ask)),
    );
    const answers = [first, ...others, await call(server, 'POST', '/courses', ask)];
    const made = answers.filter((answer) => answer?.status === 201);
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(made.map((answer) => answer?.body.id)).size).toBe(1);
    for (const answer of answers) expect([201, 409]).toContain(answer?.status);
    expect(answers.at(-1)?.status).toBe(201);

    const different = { ...ask, body: { ...body, title: 'Something else' } };
    expect(await call(server, 'POST', '/courses', different)).toMatchObject({
      status: 422,
      body: { code: 'idempotency_mismatch' },
    });
    const stream = {
      ...ask,
      body: 'slug,title',
      headers: { ...headers, 'content-type': 'text/csv' },
    };
    expect((await call(server, 'POST', '/courses', stream)).status).toBe(415);
    const another = { ...ask, token: (await external('teacher-other', 'instructor')).token };
    const theirs = await call(server, 'POST', '/courses', another);
    expect(theirs.status).toBe(201);
    expect(theirs.body.id).not.toBe(answers.at(-1)?.body.id);
  });

  it('pages by a cursor that it alone can make', async () => {
    for (let n = 0; n < 5; n += 1) await publishCourse(server, teacher, { tags: ['paged'] });
    const seen: string[] = [];
    let path: string | null = '/courses?tag=paged&limit=2';
    while (path !== null) {
      const { headers, body }: Awaited<ReturnType<typeof call>> = await call(server, 'GET', path);
      seen.push(...body.items.map(({ id }) => id));
      expect(headers.get('link') !== null).toBe(body.next !== null);
      const link: string | undefined = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
      path = link ? link.slice(link.indexOf('/courses')) : null;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);

    const { next } = (await call(server, 'GET', '/courses?tag=paged&limit=2')).body;
    const good = next ?? '';
    const middle = Math.floor(good.length / 2);
    const flipped = good[middle] === 'A' ? 'B' : 'A';
    const forged = [
      'x',
      'e30',
      `${good}A`,
      good.slice(1),
      good.slice(0, middle) + flipped + good.slice(middle + 1),
      '%00',
      Buffer.from('{"after":{"$gt":""}}').toString('base64url'),
    ];
    for (const cursor of forged) {
      const { status, body } = await call(server, 'GET', `/courses?tag=paged&cursor=${cursor}`);
      expect({ cursor, status, code: body.code }).toEqual({
        cursor,
        status: 400,
        code: 'bad_cursor',
      });
    }
  });

  const tricks = [
    '/api/v1/courses/..%2f..%2fetc%2fpasswd',
    '/api/v1/../../../etc/passwd',
    '/api/docs/../../package.json',
    '/api/docs/..%2f..%2fpackage.json',
    '/api/docs/%2e%2e/%2e%2e/package.json',
    '/api/docs/....//....//package.json',
    '/api/docs/..\\..\\package.json',
    '//etc/passwd',
    '/api/v1/courses/%00',
    '/api/v1/users/__proto__',
    '/api/v1/rooms/constructor',
  ];
  it.each(tricks)('gives nothing away for %s', async (path) => {
    const { status, text } = await callRaw(server, 'GET', path, {
      authorization: `Bearer ${student.token}`,
    });
    expect([301, 302, 400, 403, 404, 414, 422]).toContain(status);
    expect(text).not.toMatch(/root:|"dependencies"|node_modules|at .*\.js:\d+/);
  });

  it.each(['/api/v1/courses/%', '/api/v1/courses/%zz', '/api/v1/courses/%ff', '/%c0%ae%c0%ae/'])(
    'answers bad percent-encoding with a problem: %s',
    async (path) => {
      const { status, body } = await callRaw(server, 'GET', path);
      expect([400, 404, 422]).toContain(status);
      expect(body.code).toEqual(expect.any(String));
    },
  );

  it('describes itself, in OpenAPI and AsyncAPI, and on a page without other hosts', async () => {
    const openapi = await callRaw(server, 'GET', '/api/openapi.json');
    expect(openapi).toMatchObject({
      status: 200,
      body: { openapi: expect.stringMatching(/^3\.1/) as string },
    });
    const paths = Object.keys(openapi.body.paths).join('\n');
    for (const route of ['/courses', '/rooms/{id}/messages', '/auth/login', '/recommendations']) {
      expect(paths).toContain(route);
    }
    const asyncapi = await callRaw(server, 'GET', '/api/asyncapi.json');
    expect(asyncapi).toMatchObject({
      status: 200,
      body: { asyncapi: expect.stringMatching(/^3\./) as string },
    });

    const start = await fetch(server.url);
    expect(start.url).toMatch(/\/api\/docs\/?/);
    const page = await start.text();
    const resources = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link ?? '');
    for (const link of resources.filter((one) => !one.startsWith('#'))) {
      expect(link).not.toMatch(/^(https?:)?\/\//);
      const resource = await fetch(new URL(link, start.url));
      await resource.arrayBuffer();
      expect({ link, status: resource.status }).toEqual({ link, status: 200 });
    }
  });

  it('says how it is', async () => {
    const live = await callRaw(server, 'GET', '/health/live');
    expect(live.status).toBe(200);
    const ready = await callRaw(server, 'GET', '/health/ready');
    expect(ready).toMatchObject({ status: 200, body: { status: 'ready' } });
    for (const port of ['data', 'history', 'session', 'bus']) {
      expect(ready.body.stores[port]).toMatchObject({ reachable: true });
    }
  });

  it('lets a browser of another origin in only where it is told to', async () => {
    const headers = { origin: 'https://elsewhere.example' };
    const { headers: answer } = await call(server, 'GET', '/courses', { headers });
    expect(answer.get('access-control-allow-origin')).toBeNull();
    expect(answer.get('x-content-type-options')).toBe('nosniff');
    const upgrade = await callRaw(server, 'GET', '/connection/websocket', {
      ...headers,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    });
    expect(upgrade.status).toBe(403);
  });
});
