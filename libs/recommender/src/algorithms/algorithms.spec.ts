import { fromColumns, type Interactions, readInteractions } from '../data/index.js';
import { Random } from '../random.js';
import { ease, fitEase } from './ease.js';
import { Factorisation } from './factorisation.js';
import { itemKnn } from './item-knn.js';
import { rp3beta } from './rp3beta.js';

const context = { seed: 1, step: () => undefined };

/** Every user has about a third of the items, by a weight of 1 to 2. */
function some(users: number, items: number, seed = 3): Interactions {
  const random = new Random(seed);
  const cells: { user: number; item: number; weight: number }[] = [];
  for (let user = 0; user < users; user += 1)
    for (let item = 0; item < items; item += 1)
      if (random.next() < 0.33) cells.push({ user, item, weight: 1 + random.next() });
  const names = (length: number) => Array.from({ length }, (_, at) => String(at).padStart(3, '0'));
  return fromColumns({
    userIds: names(users),
    itemIds: names(items),
    users: Int32Array.from(cells, ({ user }) => user),
    items: Int32Array.from(cells, ({ item }) => item),
    weights: Float32Array.from(cells, ({ weight }) => weight),
    times: new Float64Array(cells.length),
  });
}

/** Gauss–Jordan, without blocks or symmetry. */
function inverseOf(matrix: number[][]): number[][] {
  const n = matrix.length;
  const rows = matrix.map((row, at) => [...row, ...row.map((_, other) => (other === at ? 1 : 0))]);
  for (let at = 0; at < n; at += 1) {
    const pivot = rows[at]!;
    const scale = pivot[at]!;
    rows[at] = pivot.map((cell) => cell / scale);
    for (let row = 0; row < n; row += 1) {
      const factor = rows[row]![at]!;
      if (row !== at)
        rows[row] = rows[row]!.map((cell, column) => cell - factor * rows[at]![column]!);
    }
  }
  return rows.map((row) => row.slice(n));
}

/** B of Steck 2019 by the book: I − P·diag(P)⁻¹. */
function easeByTheBook(data: Interactions, lambda: number): number[][] {
  const n = data.items.length;
  const gram = Array.from({ length: n }, (_, at) =>
    Array.from({ length: n }, (__, other) => (at === other ? lambda : 0)),
  );
  for (let user = 0; user < data.users.length; user += 1) {
    const { items, weights } = data.historyOf(user);
    for (const [at, item] of items.entries())
      for (const [to, other] of items.entries()) gram[item]![other]! += weights[at]! * weights[to]!;
  }
  const p = inverseOf(gram);
  return p.map((row, at) => row.map((cell, to) => (at === to ? 0 : -cell / p[to]![to]!)));
}

describe('EASE', () => {
  it('weighs items as the closed form does', async () => {
    const data = some(60, 90);
    const weights = easeByTheBook(data.weighted(0.5), 7);
    const fitted = await ease.fit(data, { lambda: 7, strength: 0.5 }, context);
    const history = data.historyOf(4);
    const scores = new Float64Array(90);
    fitted.score(history, scores);
    const seen = new Set(history.items);
    for (let item = 0; item < 90; item += 1) {
      if (seen.has(item)) continue;
      let sum = 0;
      for (const [at, from] of history.items.entries())
        sum += (1 + 0.5 * (history.weights[at]! - 1)) * weights[from]![item]!;
      expect(scores[item]).toBeCloseTo(sum, 9);
    }
    const { rows } = (await fitted.part(90, () => undefined)) as {
      rows: { start: Int32Array; values: Float32Array };
    };
    expect(rows.start[90]).toBe(90 * 89);
    expect(rows.values[0]).toBeCloseTo(weights[0]![1]!, 6);
  });

  it('predicts an item of the tail from the head as a ridge regression does', async () => {
    const data = some(60, 40);
    const { head } = { head: 25 };
    const fitted = await fitEase(data, { lambda: 5, strength: 0, head }, context);
    const counts = data.itemCounts();
    const order = [...counts.keys()].sort((a, b) => counts[b]! - counts[a]! || a - b);
    const inHead = order.slice(0, head).sort((a, b) => a - b);
    const target = order[30]!;
    const p = (a: number, b: number): number => {
      let both = 0;
      for (let user = 0; user < 60; user += 1) {
        const items = data.historyOf(user).items;
        if (items.includes(a) && items.includes(b)) both += 1;
      }
      return both;
    };
    const inverse = inverseOf(
      inHead.map((a, at) => inHead.map((b, to) => p(a, b) + (at === to ? 5 : 0))),
    );
    const weights = inHead.map((_, at) =>
      inHead.reduce((sum, b, to) => sum + inverse[at]![to]! * p(b, target), 0),
    );
    const scores = new Float64Array(40);
    fitted.score({ items: Int32Array.of(inHead[3]!), weights: Float32Array.of(1) }, scores);
    expect(scores[target]).toBeCloseTo(weights[3]!, 6);
  });
});

describe('iALS', () => {
  it('lowers its loss in every sweep', async () => {
    const settings = { lambda: 0.02, alpha: 0.3, dimensions: 12, seed: 5 };
    const model = new Factorisation(some(70, 50), settings);
    let last = Infinity;
    for (let sweep = 0; sweep < 8; sweep += 1) {
      await model.sweep();
      const loss = model.loss();
      // Factors are kept in single precision.
      expect(loss).toBeLessThan(last * (1 + 1e-6));
      last = loss;
    }
  });
});

describe('neighbourhoods', () => {
  const rows = ['ax', 'ay', 'bx', 'by', 'cy', 'cz'].map((pair) => ({
    user: pair[0]!,
    item: pair[1]!,
    weight: 1,
    at: 0,
  }));
  const scoresOfX = async (method: typeof itemKnn, parameters: Record<string, number>) => {
    const fitted = await method.fit(await readInteractions(rows), parameters, context);
    const scores = new Float64Array(3);
    fitted.score({ items: Int32Array.of(0), weights: Float32Array.of(1) }, scores);
    return [...scores];
  };

  it('are by shrunk cosine, as worked out by hand', async () => {
    const [, y, z] = await scoresOfX(itemKnn, { neighbours: 9, shrinkage: 3 });
    expect(y).toBeCloseTo(2 / (Math.sqrt(6) + 3), 6);
    expect(z).toBe(0);
  });

  it('are by random walks of three steps, as worked out by hand', async () => {
    // From x to a or b, each ½^α; from each of them to y, ½^α; y has three users.
    const [, y] = await scoresOfX(rp3beta, { alpha: 0.8, beta: 0.4 });
    expect(y).toBeCloseTo((2 * 0.5 ** 0.8 * 0.5 ** 0.8) / 3 ** 0.4, 6);
  });
});
