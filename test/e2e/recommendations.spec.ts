import { call } from '../support/http.js';
import type { Json } from '../support/json.js';
import { enrol, external, type Person, publishCourse, register } from '../support/people.js';
import { TestServer } from '../support/server.js';
import { until } from '../support/until.js';

describe('recommendations', () => {
  let server: TestServer;
  let teacher: Person;

  beforeEach(async () => {
    server = await TestServer.start({
      TRAIN_EVERY: '1',
      TRAIN_MIN_EVENTS: '1',
      TRAIN_BUDGET: '0',
    });
    teacher = await external('teacher', 'instructor');
  });
  afterEach(() => server.dispose());

  const ask = async (path: string, who?: Person) => {
    const answer = await call(server, 'GET', path, { token: who?.token });
    expect([path, answer.status]).toEqual([path, 200]);
    expect(answer.text).not.toMatch(/NaN|null,"reason|"score":null/);
    return answer.body;
  };
  const idsOf = (answer: Json) => answer.items.map(({ course }) => course.id);
  const report = (who: Person, ...events: object[]) =>
    call(server, 'POST', '/interactions', { token: who.token, body: { events } });
  const modelFrom = (before: string | null) =>
    until('there is another model', async () => (await ask('/recommendations')).model !== before);
  const lists = ['/recommendations', '/recommendations/popular', '/recommendations/trending'];

  it('of nothing are none; of one course and one user they are what there is', async () => {
    const me = await register(server);
    for (const path of lists) expect((await ask(path, me)).items).toEqual([]);
    const course = await publishCourse(server, teacher);
    await enrol(server, me, course.id);
    await modelFrom(null);
    expect(idsOf(await ask('/recommendations', me))).toEqual([]);
    expect(idsOf(await ask('/recommendations/popular'))).toEqual([course.id]);
    expect(idsOf(await ask('/recommendations/trending'))).toEqual([course.id]);
    expect(idsOf(await ask(`/courses/${course.id}/similar`))).toEqual([]);
  });

  it('take a user’s thousands of events, and answer as ever', async () => {
    const courses = [await publishCourse(server, teacher), await publishCourse(server, teacher)];
    const me = await register(server);
    await enrol(server, me, courses[0]?.id ?? '');
    const views = Array.from({ length: 1000 }, () => ({
      type: 'view',
      courseId: courses[1]?.id,
    }));
    for (let n = 0; n < 3; n += 1)
      expect(await report(me, ...views)).toMatchObject({ status: 202, body: { accepted: 1000 } });
    await modelFrom(null);
    expect(idsOf(await ask('/recommendations', me))).toEqual([courses[1]?.id]);
  });

  it('say what is wrong with what they are told, and keep the rest', async () => {
    const { id } = await publishCourse(server, teacher);
    const me = await register(server);
    const sent = await report(
      me,
      { type: 'rate', courseId: id, value: NaN },
      { type: 'rate', courseId: id, value: 6 },
      { type: 'view', courseId: 'no-such-course' },
      { type: 'view', courseId: id, at: '2999-01-01T00:00:00Z' },
      { type: 'rate', courseId: id, value: 5 },
    );
    expect(sent).toMatchObject({ status: 202, body: { accepted: 1 } });
    expect(sent.body.rejected).toMatchObject([0, 1, 2, 3].map((index) => ({ index })));
    const body = '{"events":[{"type":"rate","courseId":"x","value":NaN}]}';
    const malformed = await call(server, 'POST', '/interactions', { token: me.token, body });
    expect(malformed.status).toBe(400);
    const unknown = await report(me, { type: 'buy', courseId: id });
    expect(unknown).toMatchObject({ status: 422, body: { errors: [{ path: '/events/0/type' }] } });
  });

  it('hide for good, and end with what was taken', async () => {
    const courses = [];
    for (let n = 0; n < 3; n += 1) courses.push((await publishCourse(server, teacher)).id);
    const [taken = '', hidden = '', left = ''] = courses;
    const me = await register(server);
    await report(me, { type: 'hide', courseId: hidden });
    await enrol(server, me, taken);
    expect(idsOf(await ask('/recommendations', me))).toEqual([left]);
    await server.stop();
    await server.boot();
    expect(idsOf(await ask('/recommendations', me))).toEqual([left]);
    await report(me, { type: 'unhide', courseId: hidden });
    expect(idsOf(await ask('/recommendations', me)).sort()).toEqual([hidden, left].sort());
  });

  it('outlive their process, model and all', async () => {
    const courses: Json[] = [];
    for (let n = 0; n < 4; n += 1) courses.push(await publishCourse(server, teacher));
    // Two tastes: the first two courses, and the last two.
    for (let n = 0; n < 12; n += 1) {
      const person = await external(`learner-${n}`);
      for (const { id } of n % 2 === 0 ? courses.slice(0, 2) : courses.slice(2))
        await enrol(server, person, id);
    }
    await until('everything is learnt', async () => {
      const { model } = await ask('/recommendations');
      const similar = await ask(`/courses/${courses[0]?.id}/similar`);
      return model !== null && similar.items[0]?.reason.text.startsWith('Often taken') === true;
    });
    await server.stop();
    await server.boot();
    await modelFrom(null);
    const similar = await ask(`/courses/${courses[0]?.id}/similar`);
    expect(idsOf(similar)[0]).toBe(courses[1]?.id);
  });
});
