import { addProduct, type Block } from './product.js';
import { factorSmall, solveSmall } from './small-cholesky.js';

/** Rows gathered at a time, so that any number of them takes the same memory. */
const atOnce = 256;
/** Of what is gathered, by column; a power of two would send its cells to the same lines of the cache. */
const stride = atOnce + 8;

let gathered = new Float64Array(0);

/** What is gathered of rows of `n`: column k of them from `k * stride`. */
function gathering(n: number): Block {
  if (gathered.length < n * stride) gathered = new Float64Array(n * stride);
  return { cells: gathered, at: 0, stride };
}

/** Least squares with weights, small and symmetric: (base + ridge·I + Σ w·y·yᵀ) x = Σ w·y, y being rows of a matrix. */
export class NormalEquations {
  /** After `solve` its Cholesky factor. */
  readonly system: Float64Array;
  /** After `solve` x. */
  readonly solution: Float64Array;

  /**
   * @param rows by row of `n`
   * @param base n × n
   */
  constructor(
    private readonly rows: Float32Array,
    private readonly base: Float32Array | Float64Array,
    private readonly n: number,
  ) {
    this.system = new Float64Array(n * n);
    this.solution = new Float64Array(n);
  }

  /** Of the rows `of[from … to]` with weights of the same places. */
  solve(
    ridge: number,
    of: Int32Array,
    weights: Float32Array | Float64Array,
    from = 0,
    to = of.length,
  ): void {
    const { n, system, solution } = this;
    system.set(this.base);
    solution.fill(0);
    for (let at = 0; at < n; at += 1) system[at * n + at]! += ridge;
    for (let at = from; at < to; at += atOnce) this.add(of, weights, at, Math.min(to, at + atOnce));
    factorSmall(system, n);
    solveSmall(system, n, solution);
  }

  private add(
    of: Int32Array,
    weights: Float32Array | Float64Array,
    from: number,
    to: number,
  ): void {
    const { n, rows, solution } = this;
    const block = gathering(n);
    for (let at = from; at < to; at += 1) {
      const root = Math.sqrt(weights[at]!);
      const start = of[at]! * n;
      for (let k = 0; k < n; k += 1) {
        const factor = root * rows[start + k]!;
        block.cells[k * stride + at - from] = factor;
        solution[k]! += root * factor;
      }
    }
    addProduct(1, block, n, block, n, to - from, { cells: this.system, at: 0, stride: n });
  }
}

/** YᵀY of a matrix of rows of n, whole. */
export function gramOfRows(factors: Float32Array, n: number): Float64Array {
  const gram = new Float64Array(n * n);
  const block = gathering(n);
  const rows = factors.length / n;
  for (let from = 0; from < rows; from += atOnce) {
    const to = Math.min(rows, from + atOnce);
    for (let row = from; row < to; row += 1)
      for (let k = 0; k < n; k += 1) block.cells[k * stride + row - from] = factors[row * n + k]!;
    addProduct(1, block, n, block, n, to - from, { cells: gram, at: 0, stride: n });
  }
  return gram;
}
