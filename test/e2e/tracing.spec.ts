import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TestClient } from '../support/client.js';
import { call } from '../support/http.js';
import { Collector } from '../support/otlp/collector.js';
import { external, publishCourse } from '../support/people.js';
import { freePort } from '../support/ports.js';
import { TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parentId = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${parentId}-01`;

describe('traces', () => {
  const ends: (() => void | Promise<void>)[] = [];
  const collect = async (options: { silent?: boolean } = {}) => {
    const collector = await Collector.start(options);
    ends.push(() => collector.close());
    return collector;
  };
  const serve = async (endpoint: string, more: Record<string, string> = {}) => {
    const server = await TestServer.start({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...more });
    ends.push(() => server.dispose());
    return server;
  };
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  it('continue a caller’s, reach through the body to the store, and are sent before the process ends', async () => {
    const collector = await collect();
    const server = await serve(collector.url, { OTEL_SERVICE_NAME: 'school', LOG_LEVEL: 'debug' });
    const teacher = await external('teacher', 'instructor');
    const answer = await call(server, 'POST', '/courses', {
      token: teacher.token,
      body: { title: 'Traced', language: 'en', level: 'beginner', category: 'programming' },
      headers: { traceparent },
    });
    expect(answer.status).toBe(201);
    const { code, stdout } = await server.stop();
    expect(code).toBe(0);

    const [span] = collector.named('POST /api/v1/courses');
    expect(span).toMatchObject({
      traceId,
      parentId,
      failed: false,
      attributes: { 'http.request.method': 'POST', 'http.response.status_code': 201 },
      service: { 'service.name': 'school' },
    });
    expect(answer.headers.get('traceresponse')).toBe(`00-${traceId}-${span?.spanId}-01`);
    const stored = collector.spans.filter(({ name }) => name.startsWith('data.'));
    expect(stored.length).toBeGreaterThan(0);
    for (const child of stored.filter((one) => one.traceId === traceId))
      expect(collector.spans.map(({ spanId }) => spanId)).toContain(child.parentId);
    expect(stored.map((child) => child.traceId)).toContain(traceId);
    // The line that tells of the request names its trace.
    const lines = stdout.split('\n').filter((line) => line.includes('"msg":"request"'));
    expect(lines.filter((line) => line.includes(`"trace_id":"${traceId}"`))).toHaveLength(1);
  });

  it('follow a message from its command to the store', async () => {
    const collector = await collect();
    const server = await serve(collector.url);
    const { token } = await external('somebody');
    const client = await new TestClient(server, token).connect();
    await client.centrifuge.rpc('message.send', { room: 'lobby', cid: 'one', text: 'hello' });
    client.centrifuge.disconnect();
    await server.stop();
    const [command] = collector.named('message.send');
    expect(command).toMatchObject({ parentId: '', attributes: { 'rpc.method': 'message.send' } });
    const inside = collector.spans.filter((span) => span.traceId === command?.traceId);
    const append = inside.find(({ name }) => name === 'history.append');
    expect(append).toMatchObject({ failed: false });
    expect(inside.map(({ spanId }) => spanId)).toContain(append?.parentId);
    expect(collector.named('connect')).toHaveLength(1);
  });

  it('have what a training took', async () => {
    const collector = await collect();
    const server = await serve(collector.url, {
      TRAIN_EVERY: '1',
      TRAIN_MIN_EVENTS: '1',
      TRAIN_BUDGET: '0',
    });
    const teacher = await external('teacher', 'instructor');
    const { id } = await publishCourse(server, teacher);
    const events = [{ type: 'view', courseId: id }];
    await call(server, 'POST', '/interactions', { token: teacher.token, body: { events } });
    await until('a training is told of', () => collector.named('recommendation.train').length > 0);
  });

  it('record errors, and ask an identity provider within the trace', async () => {
    const asked: string[] = [];
    const provider = createServer((request, response) => {
      asked.push(String(request.headers.traceparent));
      response.destroy();
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    ends.push(() => void provider.close());
    const { port } = provider.address() as AddressInfo;
    const collector = await collect();
    const server = await serve(collector.url, { AUTH_JWKS_URL: `http://127.0.0.1:${port}/keys` });
    const { token } = await external('somebody');
    // Of a kind that has to be looked up among the provider's keys.
    const [, payload, signature] = token.split('.');
    const header = Buffer.from('{"alg":"RS256","kid":"one"}').toString('base64url');
    const headers = { traceparent };
    const { status } = await call(server, 'GET', '/users/me', {
      token: [header, payload, signature].join('.'),
      headers,
    });
    expect(status).toBe(503);
    await server.stop();
    const [span] = collector.named('GET /api/v1/users/me');
    expect(span).toMatchObject({ traceId, failed: true });
    expect(span?.events.map(({ name }) => name)).toContain('exception');
    const [fetched] = collector.named('fetch');
    expect(asked).toEqual([`00-${traceId}-${fetched?.spanId}-01`]);
  });

  it('are as rare as asked, but for callers who decided', async () => {
    const collector = await collect();
    const server = await serve(collector.url, { OTEL_TRACES_SAMPLER_ARG: '0' });
    await call(server, 'GET', '/courses');
    await call(server, 'GET', '/courses/suggest?q=x', { headers: { traceparent } });
    await server.stop();
    expect(new Set(collector.spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  });

  it.each([
    ['is not there', async () => `http://127.0.0.1:${await freePort()}`],
    ['never answers', async () => (await collect({ silent: true })).url],
  ])('harm nothing where the collector %s', async (_what, endpoint) => {
    const server = await serve(await endpoint());
    const { token } = await external('somebody');
    const client = await new TestClient(server, token).connect();
    for (let sent = 0; sent < 600; sent += 1)
      await client.centrifuge.rpc('message.send', { room: 'lobby', cid: `${sent}`, text: 'hello' });
    expect((await call(server, 'GET', '/courses')).status).toBe(200);
    client.centrifuge.disconnect();
    const { code, stdout } = await server.stop();
    expect(code).toBe(0);
    expect(stdout.split('traces cannot be sent').length).toBeLessThanOrEqual(2);
  });
});
