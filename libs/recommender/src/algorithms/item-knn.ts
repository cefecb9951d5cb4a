import { cooccurrence } from './cooccurrence.js';
import { allPairsUpTo, type Method } from './fitted.js';
import { NeighbourFit } from './neighbour-fit.js';

/**
 * Shrunk cosine, |A ∩ B| / (√(|A|·|B|) + shrinkage), summed over the user's items that are among the `neighbours`
 * nearest of the item (Sarwar et al. 2001; shrinkage as Bell and Koren 2007).
 */
export const itemKnn: Method = {
  defaults: () => ({ neighbours: 200, shrinkage: 20 }),
  axes: () => [
    { name: 'shrinkage', values: [0, 5, 20, 50, 100] },
    { name: 'neighbours', values: [50, 100, 200, 400] },
  ],
  async fit(data, { neighbours = 0, shrinkage = 0 }, { step }) {
    const counts = data.itemCounts();
    const most = data.items.length > allPairsUpTo ? Math.min(neighbours, 400) : neighbours;
    const rows = await cooccurrence(data, {
      most,
      perUser: () => 1,
      value: (both, from, to) => both / (Math.sqrt(counts[from]! * counts[to]!) + shrinkage),
      step,
    });
    return new NeighbourFit('item-knn', rows);
  },
};
