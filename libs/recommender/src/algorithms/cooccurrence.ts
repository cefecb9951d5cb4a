import type { Interactions } from '../data/interactions.js';
import type { SparseRows } from '../data/sparse-rows.js';
import { RowsBuilder } from '../data/rows-builder.js';

/**
 * Row i: for every item j that has a user in common with i, `value` of the sum over those users of `perUser`; the
 * `most` largest are kept. One row at a time, in memory of the number of items.
 */
export function cooccurrence(
  data: Interactions,
  most: number,
  perUser: (user: number) => number,
  value: (sum: number, from: number, to: number) => number,
): SparseRows {
  const { start, columns } = data;
  const byItem = data.byItem();
  const size = data.items.length;
  const shares = Float64Array.from({ length: data.users.length }, (_, user) => perUser(user));
  const sums = new Float64Array(size);
  const touched = new Int32Array(size);
  const rows = new RowsBuilder(size, most);
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
    for (let at = 0; at < count; at += 1) {
      const column = touched[at]!;
      if (column !== item) rows.offer(column, value(sums[column]!, item, column));
      sums[column] = 0;
    }
    rows.close();
  }
  return rows.build();
}
