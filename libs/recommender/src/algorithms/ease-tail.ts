import type { Interactions } from '../data/interactions.js';
import { RowsBuilder } from '../data/rows-builder.js';
import type { SparseRows } from '../data/sparse-rows.js';
import { transposed } from '../data/strongest.js';
import type { Step } from '../linear/invert.js';
import { type Head, headOf } from './head.js';

/** Items that are predicted, the most popular first; for others there is too little to learn from. */
const mostItems = 20_000;
/** Cells kept of the weights that predict an item of the tail. */
const most = 300;

/**
 * The weights by which the head predicts each other item: w = (XᵀX + λI)⁻¹ Xᵀx, the ridge regression that a column
 * of EASE is, on the head alone. It needs no further factorisation, and has the scale of the head's own weights.
 */
export async function easeTail(
  data: Interactions,
  { items, placeOf }: Head,
  inverse: Float64Array,
  step: Step,
): Promise<SparseRows> {
  const n = items.length;
  const size = data.items.length;
  const byItem = data.byItem();
  const together = new Float64Array(n);
  const weights = new Float64Array(n);
  const rows = new RowsBuilder(size, most);
  const predicted = headOf(data, mostItems).placeOf;
  for (let item = 0; item < size; item += 1) {
    if (placeOf[item]! < 0 && predicted[item]! >= 0) {
      together.fill(0);
      for (let cell = byItem.start[item]!; cell < byItem.start[item + 1]!; cell += 1)
        addUser(byItem.rows[cell]!, byItem.weights[cell]!);
      weights.fill(0);
      for (let from = 0; from < n; from += 1)
        if (together[from] !== 0) addScaled(inverse, from * n, together[from]!, weights);
      for (let from = 0; from < n; from += 1) rows.offer(items[from]!, weights[from]!);
    }
    rows.close();
    if (item % 64 === 63) await step(item / size);
  }
  return transposed(rows.build());

  function addUser(user: number, weight: number): void {
    for (let cell = data.start[user]!; cell < data.start[user + 1]!; cell += 1) {
      const place = placeOf[data.columns[cell]!]!;
      if (place >= 0) together[place]! += weight * data.weights[cell]!;
    }
  }
}

function addScaled(matrix: Float64Array, from: number, scale: number, into: Float64Array): void {
  for (let at = 0; at < into.length; at += 1) into[at]! += scale * matrix[from + at]!;
}
