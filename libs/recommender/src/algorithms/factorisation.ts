import type { Interactions } from '../data/interactions.js';
import type { Step } from '../step.js';
import { gramOfRows } from '../linear/normal-equations.js';
import type { FactorPart } from '../model/model.js';
import { Random } from '../random.js';
import { HalfSweep } from './half-sweep.js';

export interface FactorisationSettings {
  lambda: number;
  alpha: number;
  dimensions: number;
  seed: number;
}

/** The factors of `ials`; users and items × dimensions, by row. */
export class Factorisation {
  private readonly users: Float32Array;
  private readonly items: Float32Array;

  constructor(
    private readonly data: Interactions,
    private readonly settings: FactorisationSettings,
  ) {
    const { dimensions, seed } = settings;
    const random = new Random(seed);
    this.users = new Float32Array(data.users.length * dimensions);
    this.items = new Float32Array(data.items.length * dimensions);
    const deviation = 0.1 / Math.sqrt(dimensions);
    for (let at = 0; at < this.items.length; at += 1) this.items[at] = deviation * random.normal();
  }

  /** Solves for all users with the items as they are, then for all items. */
  async sweep(step: Step = () => undefined): Promise<void> {
    const { start, columns, weights } = this.data;
    const byItem = this.data.byItem();
    await new HalfSweep(this.settings, this.items).solve(
      { start, others: columns, weights },
      this.users,
      (done) => step(done / 2),
    );
    await new HalfSweep(this.settings, this.users).solve(
      { start: byItem.start, others: byItem.rows, weights: byItem.weights },
      this.items,
      (done) => step((1 + done) / 2),
    );
  }

  /** What sweeps minimise. */
  loss(): number {
    const { alpha, lambda, dimensions: n } = this.settings;
    const gramUsers = gramOfRows(this.users, n);
    const gramItems = gramOfRows(this.items, n);
    let sum = 0;
    for (let at = 0; at < gramUsers.length; at += 1) sum += alpha * gramUsers[at]! * gramItems[at]!;
    const { start, columns, weights } = this.data;
    const counts = this.data.itemCounts();
    for (let user = 0; user < this.data.users.length; user += 1) {
      const count = start[user + 1]! - start[user]!;
      sum +=
        lambda * (count + alpha * counts.length) * this.product(this.users, user, this.users, user);
      for (let cell = start[user]!; cell < start[user + 1]!; cell += 1) {
        const predicted = this.product(this.users, user, this.items, columns[cell]!);
        sum += weights[cell]! * (1 - predicted) ** 2;
      }
    }
    for (const [item, count] of counts.entries())
      sum +=
        lambda *
        (count + alpha * this.data.users.length) *
        this.product(this.items, item, this.items, item);
    return sum;
  }

  part(strength: number): FactorPart {
    const { alpha, lambda, dimensions } = this.settings;
    const gram = Float32Array.from(gramOfRows(this.items, dimensions), (cell) => alpha * cell);
    return {
      name: 'ials',
      share: 1,
      strength,
      dimensions,
      lambda,
      alpha,
      factors: this.items,
      gram,
    };
  }

  private product(a: Float32Array, row: number, b: Float32Array, other: number): number {
    const n = this.settings.dimensions;
    let sum = 0;
    for (let k = 0; k < n; k += 1) sum += a[row * n + k]! * b[other * n + k]!;
    return sum;
  }
}
