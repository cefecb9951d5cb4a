import type { Interactions } from '../data/interactions.js';
import { RowsBuilder } from '../data/rows-builder.js';
import type { SparseRows } from '../data/sparse-rows.js';
import type { Step } from '../linear/invert.js';

export interface Cooccurrence {
  /** The largest cells of a row that are kept. */
  most: number;
  /** What a user adds to each pair of their items. */
  perUser: (user: number) => number;
  value: (sum: number, from: number, to: number) => number;
  step: Step;
}

/** Pairs that are counted between two steps. */
const atOnce = 20_000_000;

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
  const rows = new RowsBuilder(size, most);
  let pairs = 0;
  for (let item = 0; item < size; item += 1) {
    for (let cell = byItem.start[item]!; cell < byItem.start[item + 1]!; cell += 1) {
      const user = byItem.rows[cell]!;
      const share = shares[user]!;
      const to = start[user + 1]!;
      pairs += to - start[user]!;
      for (let other = start[user]!; other < to; other += 1) sums[columns[other]!]! += share;
    }
    for (let other = 0; other < size; other += 1) {
      const sum = sums[other]!;
      if (sum === 0) continue;
      sums[other] = 0;
      if (other !== item) rows.offer(other, value(sum, item, other));
    }
    rows.close();
    if (pairs < atOnce && item + 1 < size) continue;
    pairs = 0;
    await step((item + 1) / size);
  }
  return rows.build();
}
