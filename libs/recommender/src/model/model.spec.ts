import fc from 'fast-check';
import { type Interactions, InteractionsBuilder } from '../data/index.js';
import { syntheticRatings } from '../synthetic/index.js';
import { train } from '../training/train.js';
import {
  CorruptModel,
  decodeModel,
  decodeModelGently,
  encodeModel,
  HistoryScorer,
  type Model,
  scoreHistory,
  similarItems,
} from './index.js';

function someData(): Interactions {
  const builder = new InteractionsBuilder({ weights: 'ratings' });
  for (const { user, item, rating, at } of syntheticRatings({ users: 40, items: 50, ratings: 900 }))
    builder.add({ user: `u${user}`, item: `课${item}`, weight: rating, at });
  return builder.build();
}

describe('a model', () => {
  let model: Model;
  let bytes: Uint8Array;
  const history = () =>
    [3, 8, 21].map((at, index) => ({ item: model.items[at]!, weight: 1 + index / 2 }));

  beforeAll(async () => {
    model = await train(someData(), { trainedAt: 7, budgetMs: 0 });
    bytes = encodeModel(model);
  });

  it('is the same after encoding and decoding, at any alignment', async () => {
    expect(decodeModel(bytes)).toEqual(model);
    expect(await decodeModelGently(bytes)).toEqual(model);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeModel(shifted.subarray(3))).toEqual(model);
  });

  it('is read without a copy of its weights', () => {
    const { neighbours, factors } = decodeModel(bytes);
    expect(neighbours[0]!.rows.values.buffer).toBe(bytes.buffer);
    expect(factors!.factors.buffer).toBe(bytes.buffer);
  });

  it('of equal data is equal bytes', async () => {
    const again = await train(someData(), { trainedAt: 7, budgetMs: 0 });
    expect(encodeModel(again)).toEqual(bytes);
  });

  it('that was changed anywhere is refused', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = bytes.slice();
        changed[at]! ^= change;
        // Four bytes of the prefix mean nothing.
        if (at >= 20 && at < 24) return;
        expect(() => decodeModel(changed)).toThrow(CorruptModel);
      }),
    );
  });

  it('that was cut, lengthened, or never was one is refused', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) =>
        expect(() => decodeModel(bytes.slice(0, length))).toThrow(CorruptModel),
      ),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (other) =>
        expect(() => decodeModel(other)).toThrow('not a recommendation model'),
      ),
    );
    const longer = new Uint8Array(bytes.length + 8);
    longer.set(bytes);
    expect(() => decodeModel(longer)).toThrow(CorruptModel);
  });

  it('gives a reason that is the largest of the terms that make up the difference of two histories', () => {
    const scorer = new HistoryScorer(model, history());
    const items = model.items.slice(30, 40);
    for (const [at, why] of scorer.explain(items).entries()) {
      if (!why) continue;
      expect(history().map((each) => each.item)).toContain(why.item);
      const terms = scorer.termsOf(items[at]!);
      expect(Math.max(...terms.values())).toBe(why.term);
      expect(terms.get(why.item)).toBe(why.term);
    }
  });

  it('scores are the sum of the terms, but for what all unseen items have in common', () => {
    const scorer = new HistoryScorer(model, history());
    const rest = model.items.slice(30, 40).map((item) => {
      const sum = [...scorer.termsOf(item).values()].reduce((all, term) => all + term, 0);
      return scorer.scores()[model.items.indexOf(item)]! - sum;
    });
    for (const each of rest) expect(each).toBeCloseTo(rest[0]!, 6);
  });

  it('scores one history as before after another was scored', () => {
    const given = [history(), [], history().slice(1)];
    const scorers = given.map((each) => new HistoryScorer(model, each));
    for (const [at, scorer] of scorers.entries())
      expect(scorer.scores()).toEqual(scoreHistory(model, given[at]!));
  });

  it('scores the same in whatever order the history comes, and passes over what it does not know', () => {
    const given = history();
    const other = [
      { item: 'unheard of', weight: 1 },
      ...given.reverse(),
      { ...given[0]!, weight: 0.1 },
    ];
    expect(scoreHistory(model, other)).toEqual(scoreHistory(model, history()));
    expect(new Set(scoreHistory(model, [{ item: 'unheard of', weight: 1 }]))).toEqual(new Set([0]));
    expect(new HistoryScorer(model, history()).explain(['unheard of'])).toEqual([undefined]);
  });

  it('finds similar items, never the item itself', () => {
    const similar = similarItems(model, model.items[5]!, 6);
    expect(similar).toHaveLength(6);
    expect(similar.map(({ item }) => item)).not.toContain(model.items[5]);
    expect(similarItems(model, '__proto__', 6)).toEqual([]);
  });
});
