import fc from 'fast-check';
import { BestFirst, type Ranked } from './best-first.js';
import { type Comparing, diversify } from './diversify.js';

const items = fc.uniqueArray(
  fc.record({ id: fc.string({ maxLength: 3 }), score: fc.integer({ min: 0, max: 5 }) }),
  { selector: ({ id }) => id },
);

describe('the best of many', () => {
  it('are what a full sort puts first, ties by id', () => {
    fc.assert(
      fc.property(items, fc.nat(8), (all, k) => {
        const best = new BestFirst(k);
        for (const one of all) best.add(one);
        const sorted = [...all].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
        expect(best.items).toEqual(sorted.slice(0, k));
      }),
    );
  });

  it('stay in order without diversity, and are the same ones with it', () => {
    fc.assert(
      fc.property(items, fc.double({ min: 0, max: 1, noNaN: true }), (all, diversity) => {
        const best = new BestFirst(20);
        for (const one of all) best.add(one);
        const similarity: Comparing<Ranked> = (a, work) =>
          work((b) => (a.id[0] === b.id[0] ? 1 : 0));
        expect(diversify(best.items, 20, 0, similarity)).toEqual(best.items);
        const mixed = diversify(best.items, 20, diversity, similarity);
        expect(new Set(mixed)).toEqual(new Set(best.items));
        expect(mixed[0]).toBe(best.items[0]);
      }),
    );
  });
});
