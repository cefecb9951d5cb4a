import { Random } from '../random.js';

/**
 * Holds out a share of each item's rows at random (stratified by item), as the public figures on 100,000 ratings are
 * measured; an item of n rows keeps ⌈n·(1 − share)⌉ of them.
 */
export function splitByItem<T>(
  rows: readonly T[],
  itemOf: (row: T) => number | string,
  share: number,
  seed: number,
): { train: T[]; test: T[] } {
  const random = new Random(seed);
  const byItem = new Map<number | string, number[]>();
  for (const [at, row] of rows.entries()) {
    const known = byItem.get(itemOf(row));
    if (known) known.push(at);
    else byItem.set(itemOf(row), [at]);
  }
  const heldOut = new Uint8Array(rows.length);
  for (const places of byItem.values())
    for (const at of random
      .shuffle(Int32Array.from(places))
      .subarray(0, Math.floor(places.length * share)))
      heldOut[at] = 1;
  return {
    train: rows.filter((_, at) => !heldOut[at]),
    test: rows.filter((_, at) => heldOut[at]),
  };
}
