import { TestApp } from '../../app.testing.js';

describe('a course over HTTP', () => {
  let app: TestApp;
  let teacher: string;
  let admin: string;
  let learner: string;

  beforeAll(async () => {
    app = await TestApp.start();
    teacher = await app.token('teacher', 'instructor');
    admin = await app.token('admin', 'admin');
    learner = await app.token('learner', 'student');
  });
  afterAll(() => app.close());

  const draft = { title: 'A draft', language: 'en', level: 'beginner', category: 'c' };
  const create = (more: object = {}) =>
    app.call('POST', '/courses', { token: teacher, body: { ...draft, ...more } });
  const statusFor = async (path: string, ...tokens: (string | undefined)[]) => {
    const ask = (token: string | undefined) => app.call('GET', path, token ? { token } : {});
    return (await Promise.all(tokens.map(ask))).map(({ status }) => status);
  };

  it('is seen as a draft by its instructor and administrators, as archived by its learners too', async () => {
    const { id } = (await create()).body;
    const path = `/courses/${id}`;
    expect(await statusFor(path, undefined, learner, teacher, admin)).toEqual([404, 404, 200, 200]);
    const enrol = () => app.call('PUT', `${path}/enrolment`, { token: learner });
    expect((await enrol()).status).toBe(404);
    expect((await app.call('PUT', `${path}/enrolment`, { token: teacher })).status).toBe(409);
    expect((await app.call('POST', `${path}/archive`, { token: teacher })).status).toBe(409);
    await app.call('POST', `${path}/publish`, { token: teacher });
    expect((await enrol()).status).toBe(201);
    expect((await app.call('DELETE', path, { token: teacher })).status).toBe(409);
    await app.call('POST', `${path}/archive`, { token: teacher });
    const other = await app.token('other', 'student');
    expect(await statusFor(path, undefined, other, learner, teacher, admin)).toEqual([
      404, 404, 200, 200, 200,
    ]);
    expect((await enrol()).status).toBe(200);
  });

  it('keeps publishedAt when it is published again', async () => {
    const first = await app.publish(teacher);
    await app.call('POST', `/courses/${first.id}/archive`, { token: teacher });
    const again = await app.call('POST', `/courses/${first.id}/publish`, { token: teacher });
    expect(again.body).toMatchObject({ status: 'published', publishedAt: first.publishedAt });
  });

  it('makes a slug of any title, and keeps what was given', async () => {
    const slugs = await Promise.all(
      [{ title: 'Ça va? Très bien!' }, { title: '量子力学' }, { slug: 'my-own' }].map(
        async (more) => (await create(more)).body.slug,
      ),
    );
    expect(slugs).toEqual(['ca-va-tres-bien', 'course', 'my-own']);
    expect((await create({ title: '化学' })).body.slug).toMatch(/^course-[0-9a-f]{8}$/);
    expect((await create({ slug: 'my-own' })).body).toMatchObject({
      code: 'conflict',
      errors: [{ path: '/slug' }],
    });
    expect((await create({ slug: 'suggest' })).status).toBe(422);
  });

  it('names what is wrong with its lessons', async () => {
    const twice = [
      { id: 'a', title: 'A', minutes: 1 },
      { id: 'a', title: 'B', minutes: 1 },
    ];
    expect((await create({ lessons: twice })).body.errors).toEqual([
      { path: '/lessons', message: 'lessons must have different ids' },
    ]);
  });

  it('keeps the ids of lessons that are written again without', async () => {
    const lessons = [
      { title: 'One', minutes: 1 },
      { title: 'Two', minutes: 2 },
    ];
    const made = await create({ lessons });
    expect(made.body.lessons.map(({ id }) => id)).toEqual(['lesson-1', 'lesson-2']);
    const patched = await app.call('PATCH', `/courses/${made.body.id}`, {
      token: teacher,
      headers: { 'if-match': made.headers.etag ?? '' },
      body: { lessons: [{ title: 'Zero', minutes: 1 }, ...lessons.toReversed()] },
    });
    expect(patched.body.lessons.map(({ id }) => id)).toEqual(['lesson-3', 'lesson-2', 'lesson-1']);
  });

  it('is changed only by whoever holds its newest version; learners do not get in the way', async () => {
    const { id } = await app.publish(teacher, { coverUrl: 'https://example.org/c.png' });
    const path = `/courses/${id}`;
    const read = await app.call('GET', path);
    await app.call('PUT', `${path}/enrolment`, { token: learner });
    const patch = (headers: Record<string, string>, body: object) =>
      app.call('PATCH', path, { token: teacher, headers, body });
    expect((await patch({}, {})).status).toBe(428);
    expect((await patch({ 'if-match': '"x"' }, {})).status).toBe(412);
    const match = { 'if-match': read.headers.etag ?? '' };
    const done = await patch(match, { coverUrl: null, summary: 'New' });
    expect(done).toMatchObject({ status: 200, body: { summary: 'New', version: 3 } });
    expect(done.body).not.toHaveProperty('coverUrl');
    expect((await patch(match, { summary: 'Late' })).status).toBe(412);
    const current = await app.call('GET', path);
    expect(current.headers.etag).toBe(done.headers.etag);
  });
});
