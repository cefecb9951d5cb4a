import { readInteractions, similarItems, train } from '#libs/recommender';
import { type DemoCourse, syntheticLearners } from './synthetic-learners.js';

const courses: DemoCourse[] = ['web', 'data', 'ai', 'ops'].flatMap((category) =>
  Array.from({ length: 8 }, (_, at) => ({
    id: `${category}-${at}`,
    category,
    language: at % 2 === 0 ? 'en' : 'zh',
  })),
);
const now = Date.UTC(2026, 0, 31);
const made = syntheticLearners(courses, { count: 200, seed: 7, now });

describe('synthetic learners', () => {
  it('are the same for the same seed', () => {
    expect(syntheticLearners(courses, { count: 200, seed: 7, now })).toEqual(made);
    expect(syntheticLearners(courses, { count: 200, seed: 8, now })).not.toEqual(made);
  });

  it('did everything in the past', () => {
    expect(made.learners).toHaveLength(200);
    expect(made.interactions.every(({ at }) => at <= now)).toBe(true);
  });

  it('have taste: what is similar to a course is mostly of its kind', async () => {
    const rows = made.interactions.map(({ user, courseId, at }) => ({
      user,
      item: courseId,
      weight: 1,
      at,
    }));
    const model = await train(await readInteractions(rows), { trainedAt: now, budgetMs: 0 });
    const kind = (id: string) => id.split('-')[0];
    const near = courses.flatMap(({ id }) =>
      similarItems(model, id, 3).map(({ item }) => kind(item) === kind(id)),
    );
    expect(near.filter(Boolean).length / near.length).toBeGreaterThan(0.6);
  });
});
