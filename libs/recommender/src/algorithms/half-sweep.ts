import type { Step } from '../linear/invert.js';
import { addProduct, type Block } from '../linear/product.js';
import { factorSmall, solveSmall } from '../linear/small-cholesky.js';

/** Cells of a sparse matrix by row: `others` are the columns. */
export interface Cells {
  start: Int32Array;
  others: Int32Array;
  weights: Float32Array;
}

/** Cells gathered at a time, so that a row of any length takes the same memory. */
const atOnce = 256;
/** Of the rows that are gathered; a power of two would send their cells to the same lines of the cache. */
const stride = atOnce + 8;
/** Rows of the system that are added to at a time: its upper triangle is spared except within such bands. */
const band = 16;

/** Solves the rows of one side for the factors of the other side, which stay. */
export class HalfSweep {
  private readonly gram: Float64Array;
  private readonly system: Float64Array;
  private readonly right: Float64Array;
  /** dimensions × stride: factors of a row's cells, times the root of their weights. */
  private readonly gathered: Float64Array;
  private readonly unobserved: number;

  constructor(
    private readonly settings: { lambda: number; alpha: number; dimensions: number },
    private readonly fixed: Float32Array,
  ) {
    const { dimensions: n, alpha } = settings;
    this.gram = gramOfRows(fixed, n).map((cell) => alpha * cell);
    this.system = new Float64Array(n * n);
    this.right = new Float64Array(n);
    this.gathered = new Float64Array(n * stride);
    this.unobserved = (alpha * fixed.length) / n;
  }

  /** Overwrites `solved`; a row without cells becomes 0. */
  async solve({ start, others, weights }: Cells, solved: Float32Array, step: Step): Promise<void> {
    const { dimensions: n, lambda } = this.settings;
    const rows = start.length - 1;
    let work = 0;
    for (let row = 0; row < rows; row += 1) {
      const [from, to] = [start[row]!, start[row + 1]!];
      this.right.fill(0);
      if (to > from) {
        this.system.set(this.gram);
        const ridge = lambda * (to - from + this.unobserved);
        for (let at = 0; at < n; at += 1) this.system[at * n + at]! += ridge;
        for (let cell = from; cell < to; cell += atOnce)
          this.add(others, weights, cell, Math.min(to, cell + atOnce));
        factorSmall(this.system, n);
        solveSmall(this.system, n, this.right);
      }
      solved.set(this.right, row * n);
      work += to - from + n;
      if (work < 50_000) continue;
      work = 0;
      await step((row + 1) / rows);
    }
  }

  private add(others: Int32Array, weights: Float32Array, from: number, to: number): void {
    const { dimensions: n } = this.settings;
    const { gathered, right, fixed } = this;
    for (let cell = from; cell < to; cell += 1) {
      const root = Math.sqrt(weights[cell]!);
      const at = others[cell]! * n;
      for (let k = 0; k < n; k += 1) {
        const factor = root * fixed[at + k]!;
        gathered[k * stride + cell - from] = factor;
        right[k]! += root * factor;
      }
    }
    addBands(gathered, to - from, n, this.system);
  }
}

/** Lower triangle of `system` += G·Gᵀ for G of n × stride, its first `inner` columns. */
function addBands(gathered: Float64Array, inner: number, n: number, system: Float64Array): void {
  const all: Block = { cells: gathered, at: 0, stride };
  for (let from = 0; from < n; from += band) {
    const to = Math.min(n, from + band);
    const rows: Block = { cells: gathered, at: from * stride, stride };
    addProduct(1, rows, to - from, all, to, inner, { cells: system, at: from * n, stride: n });
  }
}

/** YᵀY of a matrix of rows of n, whole. */
export function gramOfRows(factors: Float32Array, n: number): Float64Array {
  const gram = new Float64Array(n * n);
  const gathered = new Float64Array(n * stride);
  const rows = factors.length / n;
  for (let from = 0; from < rows; from += atOnce) {
    const to = Math.min(rows, from + atOnce);
    for (let row = from; row < to; row += 1)
      for (let k = 0; k < n; k += 1) gathered[k * stride + row - from] = factors[row * n + k]!;
    addBands(gathered, to - from, n, gram);
  }
  for (let row = 0; row < n; row += 1)
    for (let column = 0; column < row; column += 1)
      gram[column * n + row] = gram[row * n + column]!;
  return gram;
}
