import { type Interactions, InteractionsBuilder, readInteractions } from '../data/index.js';
import { Evaluation } from '../metrics/index.js';
import { scoreHistory } from '../model/index.js';
import { choose } from '../selection/choose.js';
import { innerSplit } from '../selection/inner-split.js';
import { syntheticRatings } from '../synthetic/index.js';
import { train } from './train.js';
import { Training } from './training.js';

function someData(): Interactions {
  const builder = new InteractionsBuilder({ weights: 'ratings' });
  for (const { user, item, rating, at } of syntheticRatings({
    users: 80,
    items: 60,
    ratings: 2500,
  }))
    builder.add({ user: `u${user}`, item: `i${item}`, weight: rating, at });
  return builder.build();
}

describe('training', () => {
  const data = someData();

  it('says what it chose, by name, and what that reached on held-out interactions', async () => {
    const { meta } = await train(data, { algorithm: 'rp3beta', trainedAt: 5 });
    expect(Object.keys(meta.parameters)).toEqual(['rp3beta.alpha', 'rp3beta.beta']);
    expect(meta.metrics).toMatchObject({ k: 10, ndcg: expect.any(Number) as number });
    expect(meta.counts).toEqual({ users: 80, items: 60, interactions: data.size });
    expect(meta.trainedAt).toBe(5);
  });

  it('does not choose again what is known', async () => {
    const known = { 'rp3beta.alpha': 0.5, 'rp3beta.beta': 0.1 };
    const { parameters } = await new Training(data, { known }).fit('rp3beta');
    expect(parameters).toEqual(known);
  });

  it('keeps every default where there is no time to choose', async () => {
    const { parameters } = await new Training(data, { budgetMs: 0 }).fit('item-knn');
    expect(parameters).toEqual({ 'item-knn.neighbours': 200, 'item-knn.shrinkage': 20 });
  });

  it('ends with the reason of the signal', async () => {
    const controller = new AbortController();
    const training = train(data, {
      trainedAt: 0,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(training).rejects.toThrow('enough');
  });

  it('serves what it measured: the same lists where every weight is kept', async () => {
    const trained = await new Training(data, { budgetMs: 0 }).fit('blend');
    const model = await train(data, { budgetMs: 0, trainedAt: 0, strongest: 60 });
    const scores = new Float64Array(60);
    const history = data.historyOf(3);
    trained.scorer.score(history, scores);
    const items = Array.from(history.items, (item, at) => ({
      item: data.items[item]!,
      weight: history.weights[at]!,
    }));
    const served = scoreHistory(model, items);
    const seen = new Set(history.items);
    for (let item = 0; item < 60; item += 1)
      if (!seen.has(item)) expect(served[item]).toBeCloseTo(scores[item]!, 3);
  });

  it.each([
    ['nothing', []],
    ['one user', ['ax', 'ay']],
    ['one item', ['ax', 'bx']],
    ['one interaction', ['ax']],
  ])('of %s is a model, without NaN', async (_, pairs) => {
    const rows = pairs.map((pair) => ({ user: pair[0]!, item: pair[1]!, weight: 1, at: 0 }));
    const few = await readInteractions(rows);
    const model = await train(few, { trainedAt: 0 });
    expect(model.items).toEqual(few.items);
    const scores = scoreHistory(model, [{ item: 'x', weight: 1 }]);
    expect([...scores].filter((score) => !Number.isFinite(score))).toEqual([]);
    expect(JSON.stringify(model.meta.parameters)).not.toContain('null');
    expect(new Evaluation(few, 10).metrics().ndcg).toBe(0);
  });
});

describe('an inner fold', () => {
  it('holds out about a fifth, and nothing that it trains on', () => {
    const data = someData();
    const folds = innerSplit(data, 3, 1);
    for (const { train: kept, cases, share } of folds) {
      expect(share).toBeGreaterThan(0.7);
      expect(share).toBeLessThan(0.9);
      const heldOut = cases.reduce((sum, each) => sum + each.heldOut.size, 0);
      expect(heldOut + kept.size).toBeLessThanOrEqual(data.size);
      for (const { history, heldOut: wanted } of cases)
        expect([...history.items].filter((item) => wanted.has(item))).toEqual([]);
    }
  });

  it('is of a sample where there is a lot', () => {
    const builder = new InteractionsBuilder();
    for (let at = 0; at < 210_000; at += 1)
      builder.add({ user: `u${at % 700}`, item: `i${(at * 7919) % 2500}`, weight: 1, at });
    const [fold] = innerSplit(builder.build(), 1, 1);
    expect(fold!.train.items).toHaveLength(2000);
    expect(fold!.train.size).toBeLessThan(150_000);
  });
});

describe('choosing', () => {
  const axes = [{ name: 'x', values: [1, 2, 3, 4, 5] }];
  /** Ten cases whose scores are `mean`, give or take. */
  const scores = (mean: number, noise: number) =>
    Float64Array.from({ length: 10 }, (_, at) => mean + (at % 2 === 0 ? noise : -noise));

  it('follows what is clearly better to its peak', async () => {
    const found = await choose({ x: 2 }, axes, async ({ x = 0 }) => scores(-((x - 4) ** 2), 0.01));
    expect(found?.parameters).toEqual({ x: 4 });
  });

  it('stays where a gain may be noise', async () => {
    const found = await choose({ x: 2 }, axes, async ({ x = 0 }) => scores(x === 3 ? 0.1 : 0, x));
    expect(found?.parameters).toEqual({ x: 2 });
  });

  it('ends with what it has when its time is over', async () => {
    let judged = 0;
    const found = await choose({ x: 2 }, axes, async ({ x = 0 }) =>
      (judged += 1) > 3 ? undefined : scores(x, 0.01),
    );
    expect(found?.parameters).toEqual({ x: 3 });
  });
});
