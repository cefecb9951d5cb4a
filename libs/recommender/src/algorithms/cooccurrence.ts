import type { Interactions } from '../data/interactions.js';
import { RowsBuilder } from '../data/rows-builder.js';
import type { SparseRows } from '../data/sparse-rows.js';
import type { Step } from '../step.js';

export interface Cooccurrence {
  /** The largest cells of a row that are kept. */
  most: number;
  /** What a user adds to each pair of their items. */
  perUser: (user: number) => number;
  value: (sum: number, from: number, to: number) => number;
  step: Step;
}

/** Cells kept in all, of 8 bytes: fewer a row where there are very many items. */
const mostCells = 40_000_000;

/** Row i: for every item j that has a user in common with i, `value` of the sum over those users of `perUser`. */
export async function cooccurrence(
  data: Interactions,
  { most, perUser, value, step }: Cooccurrence,
): Promise<SparseRows> {
  const { start, columns } = data;
  const byItem = data.byItem();
  const size = data.items.length;
  const shares = new Float64Array(data.users.length);
  for (let user = 0; user < shares.length; user += 1) shares[user] = perUser(user);
  const sums = new Float64Array(size);
  const touched = new Int32Array(size);
  const rows = new RowsBuilder(size, Math.min(most, Math.floor(mostCells / Math.max(1, size))));
  for (let item = 0; item < size; item += 1) {
    let count = 0;
    for (let cell = byItem.start[item]!; cell < byItem.start[item + 1]!; cell += 1) {
      const user = byItem.rows[cell]!;
      const share = shares[user]!;
      const to = start[user + 1]!;
      for (let other = start[user]!; other < to; other += 1) {
        const column = columns[other]!;
        if (sums[column] === 0) touched[count++] = column;
        sums[column]! += share;
      }
    }
    for (const other of touched.subarray(0, count).sort()) {
      if (other !== item) rows.offer(other, value(sums[other]!, item, other));
      sums[other] = 0;
    }
    rows.close();
    await step((item + 1) / size);
  }
  return rows.build();
}
