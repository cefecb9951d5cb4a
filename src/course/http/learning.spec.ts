import { TestApp } from '../../app.testing.js';

describe('learning over HTTP', () => {
  let app: TestApp;
  let teacher: string;
  let learner: string;

  beforeAll(async () => {
    app = await TestApp.start();
    teacher = await app.token('teacher', 'instructor');
    learner = await app.token('learner', 'student');
  });
  afterAll(() => app.close());

  const put = (path: string, body: unknown = {}) => app.call('PUT', path, { token: learner, body });

  it('tracks lessons done, and records what the server saw', async () => {
    const { id } = await app.publish(teacher);
    const path = `/courses/${id}`;
    const progress = (lessonId: string, completed = true) =>
      put(`${path}/progress`, { lessonId, completed });
    expect((await progress('one')).status).toBe(403);
    await put(`${path}/enrolment`);
    expect((await progress('nine')).body.errors).toMatchObject([{ path: '/lessonId' }]);
    expect((await progress('two')).body).toMatchObject({
      progress: 0.5,
      completedLessons: ['two'],
    });
    expect((await progress('one')).body.progress).toBe(1);
    expect((await progress('one')).body.completedLessons).toEqual(['two', 'one']);
    expect((await progress('two', false)).body).toMatchObject({ completedLessons: ['one'] });
    expect((await put(`${path}/rating`, { stars: 4, comment: 'Good' })).body).toMatchObject({
      courseId: id,
      stars: 4,
      comment: 'Good',
    });
    const seen = (await app.data.interactions.recentOf('learner', 10)).filter(
      ({ courseId }) => courseId === id,
    );
    expect(seen.map(({ type }) => type).sort()).toEqual(['complete', 'enrol', 'rate']);
  });

  it('lists what one takes, a page at a time, and whose cursor it is', async () => {
    for (let n = 0; n < 3; n += 1)
      await put(`/courses/${(await app.publish(teacher)).id}/enrolment`);
    const seen: string[] = [];
    let path = '/users/me/enrolments?limit=3';
    for (;;) {
      const { body } = await app.call('GET', path, { token: learner });
      seen.push(...body.items.map(({ course }) => course.id));
      if (body.next === null) break;
      path = `/users/me/enrolments?limit=3&cursor=${body.next}`;
    }
    expect([seen.length, new Set(seen).size]).toEqual([4, 4]);
    const stranger = await app.token('stranger', 'student');
    expect((await app.call('GET', path, { token: stranger })).body.code).toBe('bad_cursor');
  });

  it('rates only what one takes', async () => {
    const { id } = await app.publish(teacher);
    expect((await put(`/courses/${id}/rating`, { stars: 5 })).status).toBe(403);
    expect((await put('/courses/none/rating', { stars: 5 })).status).toBe(404);
  });
});
