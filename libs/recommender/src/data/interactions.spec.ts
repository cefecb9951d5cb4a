import fc from 'fast-check';
import { type InteractionRow, readInteractions } from './index.js';

const row: fc.Arbitrary<InteractionRow> = fc.record({
  user: fc.constantFrom('a', 'b', 'c'),
  item: fc.constantFrom('x', 'y', 'z', '__proto__'),
  weight: fc.constantFrom(0.5, 1, 2),
  at: fc.nat(5),
});

describe('interactions', () => {
  it('are the same matrix in whatever order they come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row),
        fc.constantFrom('strongest', 'latest'),
        async (rows, duplicates) => {
          const one = await readInteractions(rows, { duplicates });
          const other = await readInteractions([...rows].reverse(), { duplicates });
          expect(other).toEqual(one);
        },
      ),
    );
  });

  it('hold every pair once, by rows and by columns', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row), async (rows) => {
        const data = await readInteractions(rows);
        const byRow = data.users.flatMap((user, at) =>
          [...data.historyOf(at).items].map((item) => `${user} ${data.items[item]}`),
        );
        const { start, rows: users } = data.byItem();
        const byColumn = data.items.flatMap((item, at) =>
          [...users.subarray(start[at], start[at + 1])].map(
            (user) => `${data.users[user]} ${item}`,
          ),
        );
        const pairs = [...new Set(rows.map(({ user, item }) => `${user} ${item}`))].sort();
        expect(byRow.sort()).toEqual(pairs);
        expect(byColumn.sort()).toEqual(pairs);
      }),
    );
  });

  it('keep of a pair the strongest, or the latest', async () => {
    const rows = [
      { user: 'a', item: 'x', weight: 2, at: 1 },
      { user: 'a', item: 'x', weight: 1, at: 2 },
    ];
    expect((await readInteractions(rows)).weights[0]).toBe(2);
    expect((await readInteractions(rows, { duplicates: 'latest' })).weights[0]).toBe(1);
  });

  it.each([NaN, Infinity, 0, -1])('of weight %d are refused, named', async (weight) => {
    const rows = [{ user: 'ann', item: 'x', weight, at: 0 }];
    await expect(readInteractions(rows)).rejects.toThrow(`user ann, item x: weight ${weight}`);
  });

  it.each([
    [
      [-2, 0, 2],
      [1, 1.5, 2],
    ],
    [
      [3, 3, 3],
      [1, 1, 1],
    ],
  ])('take ratings of any scale: %j as %j', async (ratings, weights) => {
    const rows = ratings.map((weight, at) => ({ user: 'a', item: String(at), weight, at }));
    const data = await readInteractions(rows, { weights: 'ratings' });
    expect([...data.weights]).toEqual(weights);
  });

  it('are cut to the latest of each user', async () => {
    const rows = [5, 1, 7, 3].map((at) => ({ user: 'a', item: `i${at}`, weight: 1, at }));
    const data = (await readInteractions(rows)).latest(2);
    expect([...data.historyOf(0).items].map((item) => data.items[item])).toEqual(['i5', 'i7']);
    expect(data.items).toHaveLength(4);
  });
});
