import { TestApp } from '../../app.testing.js';

describe('import and export over HTTP', () => {
  let app: TestApp;
  let admin: string;

  beforeAll(async () => {
    app = await TestApp.start();
    admin = await app.token('admin', 'admin');
    const teacher = await app.token('teacher', 'instructor');
    for (let n = 0; n < 210; n += 1)
      await app.publish(teacher, { title: `Course ${n}`, description: '长'.repeat(2000) });
  });
  afterAll(() => app.close());

  it.each([
    ['csv', 'text/csv'],
    ['ndjson', 'application/x-ndjson'],
  ])('takes back what it gave as %s, above the limit of other bodies', async (format, type) => {
    const exported = await app.call('GET', `/courses/export?format=${format}`, { token: admin });
    expect(exported.headers['content-type']).toContain(type);
    expect(Buffer.byteLength(exported.text)).toBeGreaterThan(1024 * 1024);
    const { body } = await app.call('POST', '/courses/import', {
      token: admin,
      body: exported.text,
      type: `${type}; charset=utf-8`,
    });
    expect(body).toEqual({ created: 0, updated: 0, unchanged: 210, failed: 0, errors: [] });
  });

  it('shows what was imported at once', async () => {
    const list = () => app.call('GET', '/courses?category=imported');
    expect((await list()).body.total).toBe(0);
    const row = { slug: 'new', title: 'New', language: 'en', level: 'beginner' };
    const body = JSON.stringify({ ...row, category: 'imported', status: 'published' });
    const ask = { token: admin, body, type: 'application/x-ndjson' };
    const dry = await app.call('POST', '/courses/import?dryRun=true', ask);
    expect(dry.body).toMatchObject({ created: 1 });
    expect((await list()).body.total).toBe(0);
    await app.call('POST', '/courses/import', ask);
    expect((await list()).body).toMatchObject({
      total: 1,
      items: [{ instructor: { id: 'admin' } }],
    });
  });

  it('is for administrators, and of two types', async () => {
    const token = await app.token('teacher', 'instructor');
    expect((await app.call('GET', '/courses/export', { token })).status).toBe(403);
    expect((await app.call('GET', '/courses/export')).status).toBe(401);
    const ask = { token, body: 'slug', type: 'text/csv' };
    expect((await app.call('POST', '/courses/import', ask)).status).toBe(403);
    const json = { token: admin, body: {} };
    expect((await app.call('POST', '/courses/import', json)).status).toBe(415);
  });
});
