import { ResponseCache } from '../../platform/http/response-cache.js';
import { TestApp } from '../../app.testing.js';
import { CATALOGUE } from './catalogue-changes.js';

describe('cached answers of the catalogue', () => {
  let app: TestApp;
  let teacher: string;
  let learner: string;

  beforeAll(async () => {
    app = await TestApp.start();
    teacher = await app.token('teacher', 'instructor');
    learner = await app.token('learner', 'student');
  });
  afterAll(() => app.close());

  const scope = () => app.app.get(ResponseCache).scope(CATALOGUE);
  const generation = () => scope().generation;
  /** Whether a request makes cached answers invalid. */
  const invalidates = async (...ask: Parameters<TestApp['call']>): Promise<boolean> => {
    const before = generation();
    expect((await app.call(...ask)).status).toBeLessThan(300);
    return generation() !== before;
  };

  it('are dropped by each write that shows, and by nothing else', async () => {
    const { id } = await app.publish(teacher);
    const path = `/courses/${id}`;
    const enrolment = ['PUT', `${path}/enrolment`, { token: learner }] as const;
    const done = { lessonId: 'one', completed: true };
    const event = { events: [{ type: 'view', courseId: id }] };
    const match = { 'if-match': (await app.call('GET', path)).headers.etag ?? '' };
    const asked: [boolean, ...Parameters<TestApp['call']>][] = [
      [false, 'GET', '/courses'],
      [true, ...enrolment],
      [false, ...enrolment],
      [false, 'PUT', `${path}/progress`, { token: learner, body: done }],
      [true, 'PUT', `${path}/rating`, { token: learner, body: { stars: 5 } }],
      [false, 'POST', '/interactions', { token: learner, body: event }],
      [false, 'POST', `${path}/publish`, { token: teacher }],
      [true, 'PATCH', path, { token: teacher, headers: match, body: { title: 'New' } }],
      [true, 'DELETE', `${path}/enrolment`, { token: learner }],
      [false, 'DELETE', `${path}/enrolment`, { token: learner }],
      [true, 'POST', `${path}/archive`, { token: teacher }],
    ];
    for (const [expected, ...ask] of asked)
      expect([ask[0], ask[1], await invalidates(...ask)]).toEqual([ask[0], ask[1], expected]);
  });

  it('have one ETag as long as they show the same', async () => {
    const { id } = await app.publish(teacher);
    for (const path of ['/courses', `/courses/${id}`]) {
      const { headers } = await app.call('GET', path);
      const match = { 'if-none-match': headers.etag ?? '' };
      scope().generation += 1;
      expect((await app.call('GET', path, { headers: match })).status).toBe(304);
      await app.call('PUT', `/courses/${id}/enrolment`, { token: learner });
      await app.call('PUT', `/courses/${id}/rating`, {
        token: learner,
        body: { stars: (path.length % 5) + 1 },
      });
      expect((await app.call('GET', path, { headers: match })).status).toBe(200);
    }
  });
});
