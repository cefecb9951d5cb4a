import { TestApp } from '../../app.testing.js';
import { Trainer } from '../application/trainer.js';

describe('recommendations over HTTP', () => {
  let app: TestApp;
  let teacher: string;

  beforeEach(async () => {
    app = await TestApp.start({ TRAIN_EVERY: '0', TRAIN_BUDGET: '0' });
    teacher = await app.token('teacher', 'instructor');
  });
  afterEach(() => app.close());

  const enrol = async (who: string, ...courses: { id: string }[]) => {
    const token = await app.token(who, 'student');
    for (const { id } of courses) await app.call('PUT', `/courses/${id}/enrolment`, { token });
    return token;
  };
  const publish = (...courses: object[]) =>
    Promise.all(courses.map((course) => app.publish(teacher, course)));
  const report = (token: string, ...events: object[]) =>
    app.call('POST', '/interactions', { token, body: { events } });
  const train = () => app.app.get(Trainer).train();
  const ask = async (path: string, token?: string, language = 'en') => {
    const headers = { 'accept-language': language };
    const { body, text } = await app.call('GET', path, { headers, ...(token && { token }) });
    return { ...body, text, titles: body.items.map(({ course }) => course.title) };
  };

  it('are empty for an empty catalogue, and new courses before anything happened', async () => {
    for (const path of [
      '/recommendations',
      '/recommendations/popular',
      '/recommendations/trending',
    ])
      expect(await ask(path)).toMatchObject({ items: [], model: null });
    expect(await ask('/recommendations', await app.token('me', 'student'))).toMatchObject({
      items: [],
    });
    await app.publish(teacher, { title: 'First' });
    expect(await ask('/recommendations')).toMatchObject({
      items: [{ score: 0, reason: { kind: 'new', text: 'New here' } }],
      model: null,
    });
    expect((await ask('/recommendations/trending')).items).toEqual([]);
  });

  it('count what was just done, say why, and leave out what one has', async () => {
    const [vue, react, cooking] = await Promise.all(
      ['Vue', 'React', 'Cooking'].map((title) => app.publish(teacher, { title })),
    );
    if (!vue || !react || !cooking) throw new Error('not published');
    for (const who of ['a', 'b', 'c', 'd', 'e', 'f']) await enrol(who, vue, react);
    await enrol('g', cooking);
    const others = await publish(
      { title: 'O1' },
      { title: 'O2' },
      { title: 'O3' },
      { title: 'O4' },
    );
    await enrol('h', ...others);
    await train();
    const token = await enrol('me', vue);

    const mine = await ask('/recommendations', token);
    expect(mine.model).toMatch(/^[0-9a-f]{12}$/);
    expect(mine.titles[0]).toBe('React');
    expect(mine.titles).not.toContain('Vue');
    expect(mine.items[0]?.reason).toEqual({
      kind: 'because',
      courseId: vue.id,
      text: 'Because you took “Vue”',
    });
    const chinese = await ask('/recommendations', token, 'fr, zh-CN;q=0.9');
    expect(chinese.items[0]?.reason).toMatchObject({ text: '因为你学过《Vue》' });
    const similar = await ask(`/courses/${vue.slug}/similar`);
    expect(similar.titles[0]).toBe('React');
    expect(similar.items[0]?.reason).toEqual({
      kind: 'similar',
      courseId: vue.id,
      text: 'Often taken together with “Vue”',
    });
    expect((await ask('/recommendations')).titles).toHaveLength(7);
    expect((await ask('/recommendations/trending?limit=1')).items).toHaveLength(1);

    await enrol('me', react);
    expect((await ask('/recommendations', token)).titles).not.toContain('React');
    await app.call('POST', `/courses/${cooking.id}/archive`, { token: teacher });
    expect((await ask('/recommendations', token)).titles).not.toContain('Cooking');
    expect((await ask('/recommendations/popular')).titles).not.toContain('Cooking');
    expect((await ask('/recommendations/trending')).titles).not.toContain('Cooking');
  });

  it('answer the same, byte for byte, as long as nothing changes', async () => {
    const courses = await publish({ title: 'A' }, { title: 'B' }, { title: 'C' });
    for (const who of ['a', 'b', 'c']) await enrol(who, ...courses.slice(0, 2));
    await train();
    const token = await enrol('me', courses[0]!);
    const first = await ask('/recommendations', token);
    const again = await ask('/recommendations', token);
    expect(again.text).toBe(first.text);
    const { headers } = await app.call('GET', '/recommendations', { token });
    expect(headers.vary).toMatch(/Accept-Language/i);
  });

  it('know new courses by what they are about', async () => {
    const [known, other] = await publish(
      { title: 'Sourdough', category: 'baking', tags: ['bread'] },
      { title: 'Tides', category: 'sea', tags: ['moon'] },
    );
    await enrol('a', known!, other!);
    await train();
    const token = await enrol('me', known!);
    const [bread] = await publish(
      { title: 'Rye', category: 'baking', tags: ['bread'] },
      { title: 'Chess', category: 'games', tags: ['board'], language: 'de' },
    );
    const { items } = await ask('/recommendations', token);
    const rye = items.find(({ course }) => course.title === 'Rye');
    expect(rye?.reason).toEqual({
      kind: 'new',
      courseId: known!.id,
      text: 'New here, and close to “Sourdough”',
    });
    const titles = items.map(({ course }) => course.title);
    expect(titles.indexOf('Rye')).toBeLessThan(titles.indexOf('Chess'));
    expect((await ask(`/courses/${bread!.id}/similar`)).items[0]).toMatchObject({
      course: { title: 'Sourdough' },
      reason: { kind: 'similar', text: 'On much the same as “Rye”' },
    });
  });

  it('never show what was hidden, until it is taken back', async () => {
    const [one, two] = await publish({ title: 'One' }, { title: 'Two' });
    const token = await enrol('me');
    expect((await report(token, { type: 'hide', courseId: one!.id })).status).toBe(202);
    for (let n = 0; n < 3; n += 1) await report(token, { type: 'view', courseId: one!.id });
    expect((await ask('/recommendations', token)).titles).toEqual(['Two']);
    expect((await ask('/recommendations')).titles.sort()).toEqual(['One', 'Two']);
    await report(token, { type: 'unhide', courseId: one!.id }, { type: 'hide', courseId: two!.id });
    expect((await ask('/recommendations', token)).titles).toEqual(['One']);
  });

  it('narrow to categories, languages and levels', async () => {
    const courses = await publish(
      { title: 'One', category: 'x', level: 'beginner' },
      { title: 'Other', category: 'y', language: 'zh' },
      { title: 'Third', category: 'y', level: 'advanced' },
    );
    await enrol('a', ...courses);
    const paths = ['/recommendations', '/recommendations/popular', '/recommendations/trending'];
    for (const path of paths) {
      const titles = async (query: string) => (await ask(`${path}?${query}`)).titles.sort();
      expect(await titles('category=y')).toEqual(['Other', 'Third']);
      expect(await titles('category=x&category=y&level=beginner')).toEqual(['One', 'Other']);
      expect(await titles('language=zh')).toEqual(['Other']);
      expect((await app.call('GET', `${path}?level=expert`)).status).toBe(422);
    }
  });

  it('put back what resembles, where diversity is asked for', async () => {
    const alike = Array.from({ length: 4 }, (_, n) => ({
      title: `Bread ${n}`,
      category: 'baking',
    }));
    const courses = await publish(...alike, { title: 'Chess', category: 'games', language: 'de' });
    for (const who of ['a', 'b']) await enrol(who, ...courses.slice(0, 4));
    await enrol('c', courses[4]!);
    const token = await app.token('me', 'student');
    const plain = await ask('/recommendations', token);
    expect(plain.titles[4]).toBe('Chess');
    const mixed = await ask('/recommendations?diversity=0.8', token);
    expect(mixed.titles[1]).toBe('Chess');
    expect([...mixed.titles].sort()).toEqual([...plain.titles].sort());
    for (const diversity of ['2', '-1', 'NaN', 'much'])
      expect((await app.call('GET', `/recommendations?diversity=${diversity}`)).status).toBe(422);
  });

  it('take reports of interactions, each on its own merits', async () => {
    const { id } = await app.publish(teacher);
    const draft = await app.call('POST', '/courses', {
      token: teacher,
      body: { title: 'Draft', language: 'en', level: 'beginner', category: 'x' },
    });
    const token = await app.token('reader', 'student');
    const at = '2026-01-01T00:00:00Z';
    const answer = await report(
      token,
      { type: 'view', courseId: id },
      { type: 'view', courseId: 'none' },
      { type: 'view', courseId: id, at: '2999-01-01T00:00:00Z' },
      { type: 'rate', courseId: id },
      { type: 'view', courseId: id, value: 3 },
      { type: 'rate', courseId: id, value: 3 },
      { type: 'rate', courseId: id, value: NaN },
      { type: 'rate', courseId: id, value: 9 },
      { type: 'view', courseId: id, at },
      { type: 'view', courseId: id, at },
      { type: 'view', courseId: draft.body.id },
    );
    expect(answer.status).toBe(202);
    expect(answer.body.accepted).toBe(3);
    expect(answer.body.rejected).toEqual([
      { index: 1, message: 'there is no course none' },
      { index: 2, message: expect.stringMatching(/^at lies in the future/) as unknown },
      { index: 3, message: 'a rating needs a value of 1 to 5 (got none)' },
      { index: 4, message: 'only a rating has a value' },
      { index: 6, message: 'a rating needs a value of 1 to 5 (got none)' },
      { index: 7, message: 'a rating needs a value of 1 to 5 (got 9)' },
      { index: 9, message: 'the same event as at index 8' },
      { index: 10, message: `there is no course ${draft.body.id}` },
    ]);
    const other = { type: 'view', courseId: id, userId: 'else' };
    expect((await report(token, other)).status).toBe(403);
    expect((await report(await app.token('admin', 'admin'), other)).status).toBe(202);
    expect(await app.data.interactions.recentOf('else', 5)).toHaveLength(1);
    const many = Array.from({ length: 1001 }, () => ({ type: 'view', courseId: id }));
    const refused = await report(token, ...many);
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ path: '/events' }] } });
    expect((await report(token, ...many.slice(1))).body).toMatchObject({ accepted: 1000 });
  });
});
