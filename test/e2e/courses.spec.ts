import { call } from '../support/http.js';
import type { Json } from '../support/json.js';
import { enrol, external, type Person, publishCourse, register } from '../support/people.js';
import { TestServer } from '../support/server.js';
import { until } from '../support/until.js';

describe('the catalogue', () => {
  let server: TestServer;
  let teacher: Person;
  let learner: Person;

  beforeAll(async () => {
    server = await TestServer.start();
    teacher = await external('teacher-courses', 'instructor');
    learner = await register(server);
  });
  afterAll(() => server.dispose());

  const list = async (query: string) => (await call(server, 'GET', `/courses?${query}`)).body;
  const ids = ({ items }: Json) => items.map(({ id }) => id).sort();

  it('shows a course to all once it is published, and a draft to its author only', async () => {
    const body = { title: 'Hidden', language: 'en', level: 'beginner', category: 'music' };
    const { id } = (await call(server, 'POST', '/courses', { ...teacher, body })).body;
    expect((await call(server, 'GET', `/courses/${id}`)).status).toBe(404);
    expect((await call(server, 'GET', `/courses/${id}`, learner)).status).toBe(404);
    const own = await call(server, 'GET', `/courses/${id}`, teacher);
    expect(own).toMatchObject({ status: 200, body: { status: 'draft', version: 1 } });
    expect(ids(await list('category=music'))).toEqual([]);

    expect((await call(server, 'POST', `/courses/${id}/publish`, learner)).status).toBe(403);
    await call(server, 'POST', `/courses/${id}/publish`, teacher);
    const open = await call(server, 'GET', `/courses/${own.body.slug}`);
    expect(open).toMatchObject({ status: 200, body: { id, status: 'published' } });
    expect(ids(await list('category=music'))).toEqual([id]);

    await call(server, 'POST', `/courses/${id}/archive`, teacher);
    expect(ids(await list('category=music'))).toEqual([]);
  });

  it('is written by instructors only, each their own', async () => {
    const body = { title: 'T', language: 'en', level: 'beginner', category: 'c' };
    expect((await call(server, 'POST', '/courses', { ...learner, body })).status).toBe(403);
    expect((await call(server, 'POST', '/courses', { body })).status).toBe(401);
    const course = await publishCourse(server, teacher);
    const rival = await external('rival', 'instructor');
    const { headers } = await call(server, 'GET', `/courses/${course.id}`);
    const ask = {
      token: rival.token,
      body: { title: 'Mine' },
      headers: { 'if-match': headers.get('etag') ?? '' },
    };
    expect((await call(server, 'PATCH', `/courses/${course.id}`, ask)).status).toBe(403);
  });

  it('is narrowed by filters: OR within a field, AND between fields, with facets', async () => {
    const make = (level: string, language: string) =>
      publishCourse(server, teacher, { category: 'narrow', level, language, tags: [level] });
    const [a, b, c] = [
      await make('beginner', 'en'),
      await make('advanced', 'en'),
      await make('beginner', 'zh'),
    ];
    expect(ids(await list('category=narrow&level=beginner&level=advanced&language=en'))).toEqual(
      [a.id, b.id].sort(),
    );
    expect(ids(await list('category=narrow&level=beginner'))).toEqual([a.id, c.id].sort());
    const { total, facets } = await list('category=narrow&facets=level,language');
    expect(total).toBe(3);
    expect(facets.level).toEqual([
      { value: 'beginner', count: 2 },
      { value: 'advanced', count: 1 },
    ]);
    expect(facets.language).toEqual([
      { value: 'en', count: 2 },
      { value: 'zh', count: 1 },
    ]);
  });

  it('is found by words in either script, with what was found marked and the rest escaped', async () => {
    const english = await publishCourse(server, teacher, {
      title: 'Quantum <i>chemistry</i> & you',
    });
    const chinese = await publishCourse(server, teacher, { title: '量子力学入门', language: 'zh' });
    const found = await list('q=QUANTUM');
    expect(ids(found)).toEqual([english.id]);
    expect(found.items[0]?.highlights.title).toBe(
      '<mark>Quantum</mark> &lt;i&gt;chemistry&lt;/i&gt; &amp; you',
    );
    expect(ids(await list(`q=${encodeURIComponent('量子')}`))).toEqual([chinese.id]);
    const { items } = (await call(server, 'GET', '/courses/suggest?q=quan')).body;
    expect(items.map(({ id }) => id)).toContain(english.id);
  });

  it('sorts by title and by what is newest', async () => {
    const made = [];
    for (const title of ['Beta', 'alpha', 'Gamma']) {
      made.push(await publishCourse(server, teacher, { title, category: 'sorted' }));
    }
    const titles = async (sort: string) =>
      (await list(`category=sorted&sort=${sort}`)).items.map(({ title }) => title);
    expect(await titles('title')).toEqual(['alpha', 'Beta', 'Gamma']);
    expect(await titles('newest')).toEqual(['Gamma', 'alpha', 'Beta']);
  });

  it('leaves the long texts out of a list', async () => {
    await publishCourse(server, teacher, { category: 'short', description: 'long text' });
    const [item] = (await list('category=short')).items;
    expect(item).toMatchObject({
      lessonCount: 2,
      minutes: 30,
      rating: { count: 0 },
      enrolments: 0,
    });
    expect(item).not.toHaveProperty('description');
    expect(item).not.toHaveProperty('lessons');
  });

  it('enrols, tracks progress, rates once enrolled, and lets go', async () => {
    const course = await publishCourse(server, teacher);
    const rate = (stars: number) =>
      call(server, 'PUT', `/courses/${course.id}/rating`, { ...learner, body: { stars } });
    expect((await rate(5)).status).toBe(403);
    const first = await enrol(server, learner, course.id);
    expect(first).toMatchObject({ status: 201, body: { courseId: course.id, progress: 0 } });
    expect((await enrol(server, learner, course.id)).status).toBe(200);

    const body = { lessonId: 'one', completed: true };
    const path = `/courses/${course.id}/progress`;
    const half = await call(server, 'PUT', path, { ...learner, body });
    expect(half).toMatchObject({ status: 200, body: { progress: 0.5, completedLessons: ['one'] } });
    const unknown = { lessonId: 'nine', completed: true };
    expect(
      (await call(server, 'PUT', path, { ...learner, body: unknown })).status,
    ).toBeGreaterThanOrEqual(404);

    expect((await rate(6)).status).toBe(422);
    expect((await rate(4)).status).toBeLessThan(300);
    expect((await rate(2)).status).toBeLessThan(300);
    const seen = (await call(server, 'GET', `/courses/${course.id}`)).body;
    expect(seen).toMatchObject({
      enrolments: 1,
      rating: { average: 2, count: 1 },
      version: course.version,
    });

    const mine = await call(server, 'GET', '/users/me/enrolments', learner);
    expect(mine.body.items.map((item) => item.course.id)).toContain(course.id);
    const leave = { token: learner.token };
    expect((await call(server, 'DELETE', `/courses/${course.id}/enrolment`, leave)).status).toBe(
      204,
    );
    expect((await call(server, 'GET', `/courses/${course.id}`)).body.enrolments).toBe(0);
  });

  it('recommends with a reason, never what one has, in the language one reads', async () => {
    const [seen, other] = [
      await publishCourse(server, teacher),
      await publishCourse(server, teacher),
    ];
    for (let n = 0; n < 3; n += 1) {
      const someone = await register(server);
      await enrol(server, someone, seen.id);
      await enrol(server, someone, other.id);
    }
    const reader = await register(server);
    await enrol(server, reader, seen.id);
    // A start trains a model of what was done before it.
    await server.stop();
    await server.boot();
    await until(
      'there is a model',
      async () => (await call(server, 'GET', '/recommendations')).body.items.length > 0,
    );
    for (const path of ['', '/popular', '/trending']) {
      const answer = await call(server, 'GET', `/recommendations${path}?limit=100`, reader);
      expect([path, answer.status]).toEqual([path, 200]);
      for (const { reason, course } of answer.body.items) {
        expect(['because', 'popular', 'trending', 'similar', 'new']).toContain(reason.kind);
        expect(course).toHaveProperty('lessonCount');
      }
    }
    const personal = await call(server, 'GET', '/recommendations', {
      ...reader,
      headers: { 'accept-language': 'zh-CN' },
    });
    expect(personal.body.items.map(({ course }) => course.id)).not.toContain(seen.id);
    expect(personal.body.items[0]?.reason.text).toMatch(/\p{Script=Han}/u);
    const similar = await call(server, 'GET', `/courses/${seen.id}/similar`);
    expect(similar.body.items.map(({ course }) => course.id)).toContain(other.id);

    const events = [
      { type: 'view', courseId: other.id },
      { type: 'view', courseId: 'no-such-course' },
    ];
    const sent = await call(server, 'POST', '/interactions', { ...reader, body: { events } });
    expect(sent).toMatchObject({ status: 202, body: { accepted: 1, rejected: [{ index: 1 }] } });
  });
});
