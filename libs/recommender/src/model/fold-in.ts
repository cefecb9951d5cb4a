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
    this.system = new Float64Array(gram);
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
    const { user } = this;
    const { dimensions: n, factors } = this.part;
    let item = 0;
    // Four sums at a time, of which none waits for another: one alone takes as long as its additions do.
    for (; item + 3 < scores.length; item += 4) {
      const from = item * n;
      let [one, two, three, four] = [0, 0, 0, 0];
      for (let k = 0; k < n; k += 1) {
        const taste = user[k]!;
        one += taste * factors[from + k]!;
        two += taste * factors[from + n + k]!;
        three += taste * factors[from + 2 * n + k]!;
        four += taste * factors[from + 3 * n + k]!;
      }
      scores[item] = one;
      scores[item + 1] = two;
      scores[item + 2] = three;
      scores[item + 3] = four;
    }
    for (; item < scores.length; item += 1) {
      let sum = 0;
      for (let k = 0; k < n; k += 1) sum += user[k]! * factors[item * n + k]!;
      scores[item] = sum;
    }
  }

  /** What each item of the history adds to the score of `item` (Hu, Koren, Volinsky 2008, section 5). */
  terms(item: number): Float64Array {
    const { dimensions: n, factors } = this.part;
    const { items, weights } = this.history;
    const through = new Float64Array(factors.subarray(item * n, (item + 1) * n));
    solveSmall(this.system, n, through);
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
