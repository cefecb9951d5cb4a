import type { History } from '../data/history.js';
import { factorSmall, solveSmall } from '../linear/small-cholesky.js';
import type { FactorPart } from './model.js';

/** A user's vector from the history alone, and what each of its items adds to a score. */
export class FoldIn {
  private readonly system: Float64Array;
  private readonly user: Float64Array;

  /** The weights are those of the part's strength already. */
  constructor(
    private readonly part: FactorPart,
    private readonly history: History,
  ) {
    const { dimensions: n, factors, gram, lambda, alpha } = part;
    this.system = Float64Array.from(gram);
    this.user = new Float64Array(n);
    const ridge = lambda * (history.items.length + alpha * (factors.length / n));
    for (let at = 0; at < n; at += 1) this.system[at * n + at]! += ridge;
    for (let at = 0; at < history.items.length; at += 1) {
      const from = history.items[at]! * n;
      const weight = history.weights[at]!;
      for (let row = 0; row < n; row += 1) {
        const scaled = weight * factors[from + row]!;
        this.user[row]! += scaled;
        for (let column = 0; column <= row; column += 1)
          this.system[row * n + column]! += scaled * factors[from + column]!;
      }
    }
    factorSmall(this.system, n);
    solveSmall(this.system, n, this.user);
  }

  /** Overwrites `scores`. */
  score(scores: Float64Array): void {
    const { dimensions: n, factors } = this.part;
    for (let item = 0, at = 0; item < scores.length; item += 1) {
      let sum = 0;
      for (let k = 0; k < n; k += 1, at += 1) sum += this.user[k]! * factors[at]!;
      scores[item] = sum;
    }
  }

  /** What each item of the history adds to the score of `item` (Hu, Koren, Volinsky 2008, section 5). */
  terms(item: number): Float64Array {
    const { dimensions: n, factors } = this.part;
    const through = Float64Array.from(factors.subarray(item * n, (item + 1) * n));
    solveSmall(this.system, n, through);
    return Float64Array.from(this.history.items, (from, at) => {
      let sum = 0;
      for (let k = 0; k < n; k += 1) sum += through[k]! * factors[from * n + k]!;
      return this.history.weights[at]! * sum;
    });
  }
}
