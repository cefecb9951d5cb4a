import type { Interactions } from '../data/interactions.js';
import { invert } from '../linear/invert.js';
import { EaseFit } from './ease-fit.js';
import { easeTail } from './ease-tail.js';
import { allPairsUpTo, type FitContext, type Method } from './fitted.js';
import { gramOf, headOf } from './head.js';

/** Of 75,000 interactions; more of them want more, by their square root, but no published set more than 1,000. */
const lambdaOf = (interactions: number): number =>
  Math.min(1000, Math.max(20, 600 * Math.sqrt(interactions / 75_000)));

/**
 * EASE^R: item–item weights B = I − P·diag(P)⁻¹ with P = (XᵀX + λI)⁻¹, which minimise ‖X − XB‖² + λ‖B‖² with a
 * diagonal of 0 (Steck 2019, arXiv:1905.03375). X holds 1 + strength·(weight − 1).
 */
export const ease: Method = {
  defaults: (data) => ({ lambda: lambdaOf(data.size), strength: 0.25 }),
  axes: ({ lambda = 0 }) => [
    {
      name: 'lambda',
      values: [1 / 6, 1 / 4, 0.4, 0.6, 0.8, 1, 1.25, 1.6, 2.2, 10 / 3].map((part) => part * lambda),
    },
    { name: 'strength', values: [0, 0.25, 0.5, 1] },
  ],
  // XᵀX grows with the interactions, and with it the λ that shrinks it as much.
  scaled: ({ lambda = 0, ...others }, share) => ({ ...others, lambda: lambda * share }),
  fit: (data, { lambda = 0, strength = 0 }, context) =>
    fitEase(data, { lambda, strength, head: allPairsUpTo }, context),
};

/** Items outside of the `head` most popular are predicted from the head, and predict nothing. */
export async function fitEase(
  data: Interactions,
  { lambda, strength, head: most }: { lambda: number; strength: number; head: number },
  { step }: Pick<FitContext, 'step'>,
): Promise<EaseFit> {
  const weighted = data.weighted(strength);
  const head = headOf(weighted, most);
  const n = head.items.length;
  const inverse = await gramOf(weighted, head, () => step(0));
  for (let at = 0; at < n; at += 1) inverse[at * n + at]! += lambda;
  const all = n === data.items.length;
  await invert(inverse, n, (done) => step(all ? done : done / 3));
  const tail = all
    ? undefined
    : await easeTail(weighted, head, inverse, (done) => step((1 + 2 * done) / 3));
  return new EaseFit(head, inverse, tail, strength);
}
