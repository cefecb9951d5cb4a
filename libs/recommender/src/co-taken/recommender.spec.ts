import fc from 'fast-check';
import {
  decodeModel,
  emptyModel,
  encodeModel,
  halfLifeMs,
  type Interaction,
  personal,
  popular,
  prior,
  shrinkage,
  similar,
  train,
  trending,
} from './index.js';

const now = Date.UTC(2026, 0, 31);
const did = (
  user: string,
  item: string,
  type: Interaction['type'] = 'enrol',
  value?: number,
  at = now,
): Interaction => ({ user, item, type, at, ...(value !== undefined && { value }) });
const all = { limit: 10, allowed: () => true };
const items = (list: { item: string }[]) => list.map(({ item }) => item);

describe('training', () => {
  it('damps ratings towards everybody’s average, as worked out by hand', () => {
    const model = train(
      [did('u', 'a', 'rate', 5), did('v', 'b', 'rate', 1), did('w', 'b', 'rate', 3)],
      { now },
    );
    const mean = 3;
    expect(model.popular.find(({ item }) => item === 'a')?.score).toBeCloseTo(
      ((5 + prior * mean) / (1 + prior)) * Math.log1p(0.5),
      12,
    );
    expect(model.popular.find(({ item }) => item === 'b')?.score).toBeCloseTo(
      ((4 + prior * mean) / (2 + prior)) * Math.log1p(1),
      12,
    );
  });

  it('halves the weight of an interaction with every half-life', () => {
    const model = train([did('u', 'new'), did('u', 'old', 'enrol', undefined, now - halfLifeMs)], {
      now,
    });
    expect(model.trending).toEqual([
      { item: 'new', score: 1 },
      { item: 'old', score: 0.5 },
    ]);
  });

  it('finds what is taken together, shrunk where the evidence is thin', () => {
    const model = train(
      [did('u', 'a'), did('u', 'b'), did('v', 'a'), did('v', 'b'), did('w', 'a'), did('w', 'c')],
      { now },
    );
    expect(similar(model, 'a', all)).toEqual([
      { item: 'b', score: 2 / (Math.sqrt(3) * Math.sqrt(2) + shrinkage) },
      { item: 'c', score: 1 / (Math.sqrt(3) + shrinkage) },
    ]);
  });

  it('gives equal bytes for equal input and reads them back', () => {
    const events = [did('u', 'a'), did('u', 'b'), did('v', 'b', 'rate', 4)];
    expect(encodeModel(train(events, { now }))).toEqual(encodeModel(train([...events], { now })));
    expect(decodeModel(encodeModel(train(events, { now })))).toEqual(train(events, { now }));
  });

  it('refuses bytes that are no model', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) =>
        expect(() => decodeModel(bytes)).toThrow('not a recommendation model'),
      ),
    );
    expect(() => decodeModel(new TextEncoder().encode('{"popular":[{}]}'))).toThrow(
      'not a recommendation model',
    );
  });
});

describe('recommending', () => {
  const model = train(
    [
      did('u', 'a'),
      did('u', 'b'),
      did('v', 'a'),
      did('v', 'b'),
      did('w', 'c'),
      did('x', 'c'),
      did('y', 'c'),
      did('z', 'd'),
    ],
    { now },
  );

  it('says because of which item of the user’s, by the largest term', () => {
    const history = Array.from({ length: 5 }, () => ({ item: 'a', weight: 1 }));
    expect(personal(model, history, { limit: 1, allowed: (item) => item !== 'a' })).toMatchObject([
      { item: 'b', because: 'a' },
    ]);
  });

  it('falls back on what is popular for a user without history', () => {
    expect(items(personal(model, [], all))).toEqual(items(popular(model, all)));
  });

  it('never shows what is not allowed, and breaks ties by item', () => {
    expect(items(trending(model, { limit: 10, allowed: (item) => item !== 'c' }))).toEqual([
      'a',
      'b',
      'd',
    ]);
  });

  it('answers with nothing where nothing was learned', () => {
    expect(personal(emptyModel, [{ item: 'a', weight: 1 }], all)).toEqual([]);
    expect(similar(emptyModel, '__proto__', all)).toEqual([]);
  });
});
