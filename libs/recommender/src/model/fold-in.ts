import type { History } from '../data/history.js';
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

  /** Of all items, in single precision, as the factors are kept. Good until another history is folded in. */
  scores(): Float32Array {
    return productsOf(this.part).with(this.equations.solution);
  }

  /**
   * What each item of the history adds to the score of each of `items` (Hu, Koren, Volinsky 2008, section 5); a row for
   * each of them.
   */
  terms(items: readonly number[]): Float64Array[] {
    const { dimensions: n, factors } = this.part;
    const { items: own, weights } = this.history;
    const count = items.length;
    const wanted = rowsOf(factors, n, items);
    solveSmallAll(this.equations.system, n, wanted, count);
    const taken = rowsOf(factors, n, own);
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

/** Of a matrix of rows of `n`, in double precision. */
function rowsOf(matrix: Float32Array, n: number, rows: readonly number[] | Int32Array) {
  const taken = new Float64Array(rows.length * n);
  for (let at = 0; at < rows.length; at += 1)
    taken.set(matrix.subarray(rows[at]! * n, (rows[at]! + 1) * n), at * n);
  return taken;
}

const products = new WeakMap<FactorPart, RowProducts>();

/** Copied once for all users of a part. */
function productsOf(part: FactorPart): RowProducts {
  let made = products.get(part);
  if (!made) products.set(part, (made = new RowProducts(part.factors, part.dimensions)));
  return made;
}
