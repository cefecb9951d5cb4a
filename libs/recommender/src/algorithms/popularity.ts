import type { Fitted, Method } from './fitted.js';

/** Items by how many users have them. */
export const popularity: Method = {
  defaults: () => ({}),
  axes: () => [],
  async fit(data): Promise<Fitted> {
    const counts = data.itemCounts();
    return { score: (_, scores) => scores.set(counts), part: () => Promise.resolve(undefined) };
  },
};
