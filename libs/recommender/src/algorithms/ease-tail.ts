import type { Interactions } from '../data/interactions.js';
import { RowsBuilder } from '../data/rows-builder.js';
import type { SparseRows } from '../data/sparse-rows.js';
import { transposed } from '../data/strongest.js';
import type { Step } from '../step.js';
import { addProduct, type Block } from '../linear/product.js';
import { type Head, headOf } from './head.js';

/** Items that are predicted, the most popular first; for others there is too little to learn from. */
const mostItems = 20_000;
/** Cells kept of the weights that predict an item of the tail. */
const most = 300;
/** Items that are predicted together, and of the head that they are predicted from. */
const atOnce = 64;

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
  const together = matrix(atOnce, n);
  const weights = matrix(atOnce, n);
  const rows = new RowsBuilder(size, most);
  const predicted = headOf(data, mostItems).placeOf;
  const tail = Int32Array.from(placeOf.keys()).filter(
    (item) => placeOf[item]! < 0 && predicted[item]! >= 0,
  );
  let closed = 0;
  const closeUpTo = (item: number): void => {
    for (; closed < item; closed += 1) rows.close();
  };
  for (let first = 0; first < tail.length; first += atOnce) {
    const batch = tail.subarray(first, first + atOnce);
    together.cells.fill(0);
    weights.cells.fill(0);
    for (const [row, item] of batch.entries()) addUsersOf(item, row * n);
    const done = (first + batch.length) / tail.length;
    for (let left = 0; left < n; left += atOnce) {
      const columns: Block = { cells: inverse, at: left * n, stride: n };
      const width = Math.min(atOnce, n - left);
      addProduct(1, together, batch.length, columns, width, n, { ...weights, at: left });
      await step(done);
    }
    for (const [row, item] of batch.entries()) {
      closeUpTo(item);
      for (let from = 0; from < n; from += 1)
        rows.offer(items[from]!, weights.cells[row * n + from]!);
    }
  }
  closeUpTo(size);
  return transposed(rows.build());

  function addUsersOf(item: number, at: number): void {
    for (let cell = byItem.start[item]!; cell < byItem.start[item + 1]!; cell += 1) {
      const user = byItem.rows[cell]!;
      const weight = byItem.weights[cell]!;
      for (let other = data.start[user]!; other < data.start[user + 1]!; other += 1) {
        const place = placeOf[data.columns[other]!]!;
        if (place >= 0) together.cells[at + place]! += weight * data.weights[other]!;
      }
    }
  }
}

const matrix = (rows: number, n: number): Block => ({
  cells: new Float64Array(rows * n),
  at: 0,
  stride: n,
});
