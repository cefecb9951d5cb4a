import type { History } from '../data/history.js';
import { RowsBuilder } from '../data/rows-builder.js';
import { addRow, type SparseRows } from '../data/sparse-rows.js';
import { transposed } from '../data/strongest.js';
import type { Step } from '../step.js';
import type { NeighbourPart } from '../model/model.js';
import { type Fitted, strengthened } from './fitted.js';
import type { Head } from './head.js';

/** EASE's weights, read out of the inverse P: from i to j of the head −P[i][j] / P[j][j]. */
export class EaseFit implements Fitted {
  private readonly sums: Float64Array;

  constructor(
    private readonly head: Head,
    private readonly inverse: Float64Array,
    /** From items of the head to the others. */
    private readonly tail: SparseRows | undefined,
    private readonly strength: number,
  ) {
    this.sums = new Float64Array(head.items.length);
  }

  score(history: History, scores: Float64Array): void {
    const { head, inverse, sums } = this;
    const n = sums.length;
    const weights = strengthened(history, this.strength);
    sums.fill(0);
    scores.fill(0);
    for (let at = 0; at < weights.length; at += 1) {
      const item = history.items[at]!;
      const weight = weights[at]!;
      if (this.tail) addRow(this.tail, item, weight, scores);
      const place = head.placeOf[item]!;
      if (place < 0) continue;
      const row = place * n;
      for (let to = 0; to < n; to += 1) sums[to]! += weight * inverse[row + to]!;
    }
    for (let to = 0; to < n; to += 1) scores[head.items[to]!] = -sums[to]! / inverse[to * n + to]!;
  }

  async part(strongest: number, step: Step): Promise<NeighbourPart> {
    const { items, placeOf } = this.head;
    const size = placeOf.length;
    const n = items.length;
    const tail = this.tail && transposed(this.tail);
    const kept = new RowsBuilder(size, strongest);
    for (let item = 0; item < size; item += 1) {
      const place = placeOf[item]!;
      if (place >= 0) {
        const self = this.inverse[place * n + place]!;
        for (let from = 0; from < n; from += 1)
          if (from !== place) kept.offer(items[from]!, -this.inverse[place * n + from]! / self);
      } else if (tail)
        for (let cell = tail.start[item]!; cell < tail.start[item + 1]!; cell += 1)
          kept.offer(tail.columns[cell]!, tail.values[cell]!);
      kept.close();
      await step((item + 1) / size);
    }
    return { name: 'ease', share: 1, strength: this.strength, rows: transposed(kept.build()) };
  }
}
