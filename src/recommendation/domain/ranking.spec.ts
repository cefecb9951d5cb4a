import fc from 'fast-check';
import {
  decodeModel,
  encodeModel,
  HistoryScorer,
  readInteractions,
  train,
} from '#libs/recommender';
import type { CourseFacts } from '#libs/state';
import { CourseShelf } from './course-shelf.js';
import { neighbours } from './neighbours.js';
import { Ranking } from './ranking.js';
import { show } from './shown.js';

const ids = Array.from({ length: 14 }, (_, n) => `c${String(n).padStart(2, '0')}`);
const one = fc.constantFrom(...ids);

const facts = fc.record({
  instructorId: fc.constant('teacher'),
  createdAt: fc.constant(1),
  title: fc.constantFrom('Bread', 'Rye bread', 'Tides', '潮汐', 'Chess'),
  status: fc.constantFrom<CourseFacts['status']>('published', 'published', 'published', 'archived'),
  category: fc.constantFrom('baking', 'sea', 'games'),
  level: fc.constantFrom<CourseFacts['level']>('beginner', 'advanced'),
  language: fc.constantFrom('en', 'zh'),
  tags: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
  enrolments: fc.nat(50),
  ratingCount: fc.nat(5),
  ratingSum: fc.nat(25),
});
const world = fc.record({
  catalogue: fc.dictionary(one, facts, { noNullPrototype: true }),
  pairs: fc.array(fc.tuple(fc.nat(9), one), { maxLength: 80 }),
  history: fc.uniqueArray(fc.record({ item: one, weight: fc.constantFrom(0.3, 1, 1.5) }), {
    selector: ({ item }) => item,
    maxLength: 8,
  }),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

async function made({ catalogue, pairs, history }: World, order = Object.keys(catalogue)) {
  const rows = pairs.map(([user, item]) => ({ user: `u${user}`, item, weight: 1, at: 0 }));
  const model =
    pairs.length === 0
      ? null
      : await train(await readInteractions(rows), { trainedAt: 0, budgetMs: 0 });
  const shelf = new CourseShelf();
  for (const id of order) shelf.put(id, catalogue[id] ?? null);
  const sorted = [...history].sort((a, b) => (a.item < b.item ? -1 : 1));
  // As every replica has it: read back from its bytes.
  const shown = show(model && decodeModel(encodeModel(model)), shelf);
  return { shown, ranking: new Ranking(shown, sorted), history: sorted };
}

describe('ranking', () => {
  it('says the largest term of a sum that is the score, but for a constant of the answer', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (given) => {
        const { shown, ranking, history } = await made(given);
        const found = ranking.best(100, {}, new Set());
        const { model, modelPlaces, shelf } = shown;
        for (const count of [1, 3])
          expect(ranking.best(count, {}, new Set())).toEqual(found.slice(0, count));
        for (const { id, score } of found) {
          expect(Number.isFinite(score)).toBe(true);
          const [terms = []] = ranking.terms([id]);
          const largest = terms[0]!;
          expect(terms.every(({ term }) => term <= largest.term)).toBe(true);
          // The terms of popularity and content, and what the model gives, are all of the score.
          const fromModel = model
            ? (new HistoryScorer(model, history).scores()[modelPlaces[shelf.placeOf(id)]!] ?? 0)
            : 0;
          const others = terms.filter(({ kind }) => kind !== 'because');
          const sum = others.reduce((total, { term }) => total + term, fromModel);
          expect(score).toBeCloseTo(sum, 9);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is the same in whichever order a replica came to know the courses', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.infiniteStream(fc.nat(1000)), async (given, numbers) => {
        const order = Object.keys(given.catalogue);
        const shuffled = order
          .map((id) => ({ id, at: numbers.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ id }) => id);
        const [a, b] = [await made(given), await made(given, shuffled)];
        const best = (ranking: Ranking, count: number) =>
          ranking.best(count, {}, new Set()).map(({ id, score }) => ({ id, score }));
        for (const count of [3, 100])
          expect(best(b.ranking, count)).toEqual(best(a.ranking, count));
        expect(b.ranking.terms(order)).toEqual(a.ranking.terms(order));
        for (const id of order) {
          expect(a.ranking.terms([id])).toEqual([a.ranking.terms(order)[order.indexOf(id)]]);
          expect(neighbours(b.shown, id, 5, {})).toEqual(neighbours(a.shown, id, 5, {}));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('offers every published course that is not settled, however little speaks for it', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.uniqueArray(one), async (given, settled) => {
        const { ranking } = await made(given);
        const offered = Object.entries(given.catalogue)
          .filter(([id, { status }]) => status === 'published' && !settled.includes(id))
          .map(([id]) => id);
        const found = ranking.best(100, {}, new Set(settled)).map(({ id }) => id);
        expect(found.sort()).toEqual(offered.sort());
      }),
      { numRuns: 60 },
    );
  });
});
