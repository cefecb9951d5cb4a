import { TestApp } from '../../app.testing.js';

describe('recommendations over HTTP', () => {
  let app: TestApp;
  let teacher: string;

  beforeEach(async () => {
    app = await TestApp.start();
    teacher = await app.token('teacher', 'instructor');
  });
  afterEach(() => app.close());

  const enrol = async (who: string, ...courses: { id: string }[]) => {
    const token = await app.token(who, 'student');
    for (const { id } of courses) await app.call('PUT', `/courses/${id}/enrolment`, { token });
    return token;
  };
  const ask = async (path: string, token?: string, language = 'en') => {
    const headers = { 'accept-language': language };
    const { body } = await app.call('GET', path, { headers, ...(token && { token }) });
    return { ...body, titles: body.items.map(({ course }) => course.title) };
  };

  it('have no model before anything happened', async () => {
    await app.publish(teacher);
    expect(await ask('/recommendations')).toMatchObject({ items: [], model: null });
  });

  it('count what was just done, say why, and leave out what one has', async () => {
    const [vue, react, cooking] = await Promise.all(
      ['Vue', 'React', 'Cooking'].map((title) => app.publish(teacher, { title })),
    );
    if (!vue || !react || !cooking) throw new Error('not published');
    for (const who of ['a', 'b', 'c']) await enrol(who, vue, react);
    await enrol('d', cooking);
    // A history of five is long enough to speak for itself, without what is popular.
    const others = await Promise.all([1, 2, 3, 4].map(() => app.publish(teacher)));
    const token = await enrol('me', vue, ...others);

    const mine = await ask('/recommendations', token);
    expect(mine.model).toMatch(/^[0-9a-f]{12}$/);
    expect(mine.titles).toEqual(['React', 'Cooking']);
    expect(mine.items[0]?.reason).toEqual({
      kind: 'because',
      courseId: vue.id,
      text: 'Because you took “Vue”',
    });
    const chinese = await ask('/recommendations', token, 'fr, zh-CN;q=0.9');
    expect(chinese.items[0]?.reason).toMatchObject({ text: '因为你学过《Vue》' });
    expect((await ask(`/courses/${vue.slug}/similar`)).titles[0]).toBe('React');
    expect((await ask('/recommendations')).titles).toHaveLength(7);
    expect((await ask('/recommendations/trending?limit=1')).items).toHaveLength(1);

    await app.call('POST', `/courses/${react.id}/archive`, { token: teacher });
    expect((await ask('/recommendations', token)).titles).toEqual(['Cooking']);
    expect((await ask('/recommendations/popular')).titles).not.toContain('React');
  });

  it('narrow to a category', async () => {
    const [one, other] = [
      await app.publish(teacher, { title: 'One', category: 'x' }),
      await app.publish(teacher, { title: 'Other', category: 'y' }),
    ];
    await enrol('a', one, other);
    expect((await ask('/recommendations?category=y')).titles).toEqual(['Other']);
  });

  it('take reports of interactions, each on its own merits', async () => {
    const { id } = await app.publish(teacher);
    const token = await app.token('reader', 'student');
    const send = (events: object[], by = token) =>
      app.call('POST', '/interactions', { token: by, body: { events } });
    const answer = await send([
      { type: 'view', courseId: id },
      { type: 'view', courseId: 'none' },
      { type: 'view', courseId: id, at: '2999-01-01T00:00:00Z' },
      { type: 'rate', courseId: id },
      { type: 'view', courseId: id, value: 3 },
      { type: 'rate', courseId: id, value: 3 },
    ]);
    expect(answer.status).toBe(202);
    expect(answer.body.accepted).toBe(2);
    expect(answer.body.rejected).toMatchObject([1, 2, 3, 4].map((index) => ({ index })));
    expect((await send([{ type: 'view', courseId: id, userId: 'else' }])).status).toBe(403);
    const admin = await app.token('admin', 'admin');
    expect((await send([{ type: 'view', courseId: id, userId: 'else' }], admin)).status).toBe(202);
    expect(await app.data.interactions.recentOf('else', 5)).toHaveLength(1);
    const many = Array.from({ length: 1001 }, () => ({ type: 'view', courseId: id }));
    expect((await send(many)).status).toBe(422);
  });
});
