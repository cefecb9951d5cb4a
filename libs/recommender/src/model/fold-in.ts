import type { History } from '../data/history.js';
import { dot } from '../linear/dot.js';
import { NormalEquations } from '../linear/normal-equations.js';
import { addProduct } from '../linear/product.js';
import { RowProducts } from '../linear/row-products.js';
import { solveSmallAll } from '../linear/small-cholesky.js';
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

  /** The score of one item, the same as among all. To be used before any other user of the part is scored. */
  oneByOne(): (item: number) => number {
    return productsOf(this.part).oneByOne(this.equations.solution);
  }

  /** Times the user's length no score is larger than this; by item. */
  get lengths(): Float32Array {
    return productsOf(this.part).lengths;
  }

  /** Of the user's vector. */
  get length(): number {
    const { solution } = this.equations;
    return Math.sqrt(dot(solution, 0, solution, 0, solution.length));
  }

  /** Of the scores of all items outside of the history, without computing them. */
  unseen(): { mean: number; deviation: number } {
    const { gram, alpha, dimensions: n, factors } = this.part;
    const { solution } = this.equations;
    const { items } = this.history;
    let sum = dot(solution, 0, productsOf(this.part).sum, 0, n);
    let squares = 0;
    for (let row = 0; row < n; row += 1) {
      let along = 0;
      for (let k = 0; k < n; k += 1) along += gram[row * n + k]! * solution[k]!;
      squares += (solution[row]! * along) / alpha;
    }
    const scoreOf = this.oneByOne();
    for (const item of items) {
      const score = scoreOf(item);
      sum -= score;
      squares -= score * score;
    }
    const count = factors.length / n - items.length;
    const mean = count > 0 ? sum / count : 0;
    const variance = count > 0 ? squares / count - mean * mean : 0;
    // What is left of a difference of nearly equal numbers is rounding: gram has single precision.
    return { mean, deviation: variance > 1e-6 * mean * mean ? Math.sqrt(variance) : 0 };
  }

  /**
   * What each item of the history adds to the score of each of `items` (Hu, Koren, Volinsky 2008, section 5); a row for
   * each of them.
   */
  terms(items: readonly number[]): Float64Array[] {
    const { dimensions: n, factors } = this.part;
    const { items: own, weights } = this.history;
    const count = items.length;
    const through = new Float64Array(n * count);
    for (const [at, item] of items.entries())
      for (let k = 0; k < n; k += 1) through[k * count + at] = factors[item * n + k]!;
    solveSmallAll(this.equations.system, n, through, count);
    const wanted = new Float64Array(count * n);
    for (let at = 0; at < count; at += 1)
      for (let k = 0; k < n; k += 1) wanted[at * n + k] = through[k * count + at]!;
    const taken = new Float64Array(own.length * n);
    for (let at = 0; at < own.length; at += 1)
      taken.set(factors.subarray(own[at]! * n, (own[at]! + 1) * n), at * n);
    const cells = new Float64Array(count * own.length);
    addProduct(
      1,
      { cells: wanted, at: 0, stride: n },
      count,
      { cells: taken, at: 0, stride: n },
      own.length,
      n,
      { cells, at: 0, stride: own.length },
    );
    return items.map((_, at) =>
      cells
        .subarray(at * own.length, (at + 1) * own.length)
        .map((cell, place) => weights[place]! * cell),
    );
  }
}

const products = new WeakMap<FactorPart, RowProducts>();

/** Copied once for all users of a part. */
function productsOf(part: FactorPart): RowProducts {
  let made = products.get(part);
  if (!made) products.set(part, (made = new RowProducts(part.factors, part.dimensions)));
  return made;
}
