import { IalsFit } from './ials-fit.js';
import type { Method } from './fitted.js';
import { Factorisation } from './factorisation.js';

/**
 * Alternating least squares for implicit feedback (Hu, Koren, Volinsky 2008), with the regularisation of Rendle et
 * al. 2021 (arXiv:2110.14044), scaled by how often a user or item occurs: without it the model is far weaker. It
 * minimises Σ over interactions of w·(1 − x·y)² + α·Σ over all pairs of (x·y)² + λ·(Σ (n(u) + α·items)·‖x‖² +
 * Σ (n(i) + α·users)·‖y‖²). `unobserved` is the weight of all pairs relative to that of the interactions, so that
 * α = unobserved · density and the same value suits catalogues of any size; `ridge` is λ·(1 + unobserved), what an
 * average row's system gets on its diagonal for each of its interactions, so that the two can be chosen apart.
 */
export const ials: Method = {
  defaults: (data) => ({
    ridge: 0.14,
    unobserved: 12,
    dimensions: 64,
    sweeps: data.size > 1_000_000 ? 8 : 12,
    strength: 0.25,
  }),
  axes: () => [
    { name: 'ridge', values: [0.03, 0.05, 0.08, 0.11, 0.14, 0.17, 0.21, 0.26, 0.35] },
    { name: 'unobserved', values: [3, 6, 12, 24] },
  ],
  // What is noise in a user's or an item's row falls with the root of its interactions, and with it the ridge it needs.
  scaled: ({ ridge = 0, ...others }, share) => ({ ...others, ridge: ridge / Math.sqrt(share) }),
  async fit(data, parameters, { seed, step }) {
    const { ridge = 0, unobserved = 0, dimensions = 1, sweeps = 1, strength = 0 } = parameters;
    const pairs = Math.max(1, data.users.length * data.items.length);
    const lambda = ridge / (1 + unobserved);
    const alpha = (unobserved * data.size) / pairs;
    const model = new Factorisation(data.weighted(strength), { lambda, alpha, dimensions, seed });
    for (let sweep = 0; sweep < sweeps; sweep += 1)
      await model.sweep((done) => step((sweep + done) / sweeps));
    return new IalsFit(model.part(strength));
  },
};
