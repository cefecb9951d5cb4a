import type { Step } from '../step.js';
import { gramOfRows, NormalEquations } from '../linear/normal-equations.js';

/** Cells of a sparse matrix by row: `others` are the columns. */
export interface Cells {
  start: Int32Array;
  others: Int32Array;
  weights: Float32Array;
}

/** Solves the rows of one side for the factors of the other side, which stay. */
export class HalfSweep {
  private readonly equations: NormalEquations;
  private readonly unobserved: number;

  constructor(
    private readonly settings: { lambda: number; alpha: number; dimensions: number },
    fixed: Float32Array,
  ) {
    const { dimensions: n, alpha } = settings;
    const gram = gramOfRows(fixed, n).map((cell) => alpha * cell);
    this.equations = new NormalEquations(fixed, gram, n);
    this.unobserved = (alpha * fixed.length) / n;
  }

  /** Overwrites `solved`; a row without cells becomes 0. */
  async solve({ start, others, weights }: Cells, solved: Float32Array, step: Step): Promise<void> {
    const { dimensions: n, lambda } = this.settings;
    const rows = start.length - 1;
    for (let row = 0; row < rows; row += 1) {
      const [from, to] = [start[row]!, start[row + 1]!];
      if (to > from) {
        this.equations.solve(lambda * (to - from + this.unobserved), others, weights, from, to);
        solved.set(this.equations.solution, row * n);
      } else solved.fill(0, row * n, (row + 1) * n);
      await step((row + 1) / rows);
    }
  }
}
