import type { History } from '../data/history.js';
import { NormalEquations } from '../linear/normal-equations.js';
import { RowProducts } from '../linear/row-products.js';
import { solveSmall } from '../linear/small-cholesky.js';
import type { FactorPart } from './model.js';

/** A user's vector from the history alone, and what each of its items adds to a score. */
export class FoldIn {
  private readonly equations: NormalEquations;

  /** The weights are those of the part's strength already. */
  constructor(
    private readonly part: FactorPart,
    private readonly history: History,
  ) {
    const { dimensions: n, factors, gram, lambda, alpha } = part;
    const { items, weights } = history;
    this.equations = new NormalEquations(factors, gram, n);
    this.equations.solve(lambda * (items.length + alpha * (factors.length / n)), items, weights);
  }

  /** Overwrites `scores`: in single precision, as the factors are kept. */
  score(scores: Float64Array): void {
    productsOf(this.part).with(this.equations.solution, scores);
  }

  /** What each item of the history adds to the score of `item` (Hu, Koren, Volinsky 2008, section 5). */
  terms(item: number): Float64Array {
    const { dimensions: n, factors } = this.part;
    const { items, weights } = this.history;
    const through = new Float64Array(factors.subarray(item * n, (item + 1) * n));
    solveSmall(this.equations.system, n, through);
    const terms = new Float64Array(items.length);
    for (let at = 0; at < terms.length; at += 1) {
      const from = items[at]! * n;
      let sum = 0;
      for (let k = 0; k < n; k += 1) sum += through[k]! * factors[from + k]!;
      terms[at] = weights[at]! * sum;
    }
    return terms;
  }
}

const products = new WeakMap<FactorPart, RowProducts>();

/** Copied once for all users of a part. */
function productsOf(part: FactorPart): RowProducts {
  let made = products.get(part);
  if (!made) products.set(part, (made = new RowProducts(part.factors, part.dimensions)));
  return made;
}
