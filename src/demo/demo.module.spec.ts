import { TestApp } from '../app.testing.js';

describe('the demo', () => {
  it('fills an empty catalogue whose learners have taste, and nobody can sign in', async () => {
    const app = await TestApp.start({ DEMO: 'on' });
    try {
      const { body } = await app.call('GET', '/courses?limit=100&facets=language');
      expect(body.total).toBeGreaterThanOrEqual(60);
      const [first] = body.items;
      expect(first).toMatchObject({
        status: 'published',
        instructor: { name: expect.any(String) as string },
      });
      const popular = await app.call('GET', '/courses?sort=popular&limit=1');
      const similar = await app.call(
        'GET',
        `/courses/${popular.body.items[0]?.id}/similar?limit=3`,
      );
      expect(similar.body.items).toHaveLength(3);
      const learner = await app.data.accounts.byId('demo-learner-1');
      expect(learner).not.toHaveProperty('passwordHash');
      const enrolments = await app.data.learning.enrolmentsOf('demo-learner-1', { limit: 100 });
      expect(enrolments.length).toBeGreaterThan(0);
    } finally {
      await app.close();
    }
  });

  it('is left out by DEMO=off', async () => {
    const app = await TestApp.start();
    try {
      expect((await app.call('GET', '/courses')).body.total).toBe(0);
    } finally {
      await app.close();
    }
  });
});
