import { cooccurrence } from './cooccurrence.js';
import { allPairsUpTo, type Method } from './fitted.js';
import { NeighbourFit } from './neighbour-fit.js';

/** Cells kept a row where not all can be. */
const most = 500;

/**
 * Random walks of three steps, user → item → user → item, with transition probabilities to the power `alpha` and the
 * popularity of where they end taken out to the power `beta` (Paudel et al. 2017).
 */
export const rp3beta: Method = {
  defaults: () => ({ alpha: 0.7, beta: 0.5 }),
  axes: () => [
    { name: 'beta', values: [0.3, 0.4, 0.5, 0.6, 0.7, 0.8] },
    { name: 'alpha', values: [0.4, 0.55, 0.7, 0.85, 1] },
  ],
  async fit(data, { alpha = 0, beta = 0 }, { step }) {
    const counts = data.itemCounts();
    const leave = Float64Array.from(counts, (count) => count ** -alpha);
    const arrive = Float64Array.from(counts, (count) => count ** -beta);
    const { start } = data;
    const rows = await cooccurrence(data, {
      most: data.items.length > allPairsUpTo ? most : Infinity,
      perUser: (user) => (start[user + 1]! - start[user]!) ** -alpha,
      value: (sum, from, to) => sum * leave[from]! * arrive[to]!,
      step,
    });
    return new NeighbourFit('rp3beta', rows);
  },
};
