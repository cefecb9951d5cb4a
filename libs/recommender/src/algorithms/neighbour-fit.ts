import type { History } from '../data/history.js';
import { addRow, type SparseRows } from '../data/sparse-rows.js';
import { strongest } from '../data/strongest.js';
import type { Step } from '../step.js';
import type { NeighbourPart } from '../model/model.js';
import type { Fitted } from './fitted.js';

/** Scores by sparse item–item weights; interactions count alike, whatever their weight. */
export class NeighbourFit implements Fitted {
  constructor(
    private readonly name: NeighbourPart['name'],
    private readonly rows: SparseRows,
  ) {}

  score({ items }: History, scores: Float64Array): void {
    scores.fill(0);
    for (const item of items) addRow(this.rows, item, 1, scores);
  }

  async part(most: number, step: Step): Promise<NeighbourPart> {
    return { name: this.name, share: 1, strength: 0, rows: await strongest(this.rows, most, step) };
  }
}
