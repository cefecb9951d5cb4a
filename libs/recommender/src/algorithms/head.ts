import type { Interactions } from '../data/interactions.js';
import type { Step } from '../step.js';

/** The items that are computed exactly, by their place in the catalogue, and the way back (−1 for the others). */
export interface Head {
  items: Int32Array;
  placeOf: Int32Array;
}

/** The `most` items with the most users, ties by place; in the catalogue's order. */
export function headOf(data: Interactions, most: number): Head {
  const counts = data.itemCounts();
  const items = Int32Array.from(counts.keys())
    .sort((one, other) => counts[other]! - counts[one]! || one - other)
    .slice(0, most)
    .sort();
  const placeOf = new Int32Array(counts.length).fill(-1);
  for (const [place, item] of items.entries()) placeOf[item] = place;
  return { items, placeOf };
}

/** XᵀX of the head's columns: its lower triangle and diagonal, by row. */
export async function gramOf(
  data: Interactions,
  { items, placeOf }: Head,
  step: Step,
): Promise<Float64Array> {
  const n = items.length;
  const gram = new Float64Array(n * n);
  const places = new Int32Array(n);
  const weights = new Float64Array(n);
  for (let user = 0; user < data.users.length; user += 1) {
    let count = 0;
    for (let cell = data.start[user]!; cell < data.start[user + 1]!; cell += 1) {
      const place = placeOf[data.columns[cell]!]!;
      if (place < 0) continue;
      places[count] = place;
      weights[count] = data.weights[cell]!;
      count += 1;
    }
    for (let one = 0; one < count; one += 1) {
      const row = places[one]! * n;
      const weight = weights[one]!;
      for (let other = 0; other <= one; other += 1)
        gram[row + places[other]!]! += weight * weights[other]!;
    }
    await step((user + 1) / data.users.length);
  }
  return gram;
}
