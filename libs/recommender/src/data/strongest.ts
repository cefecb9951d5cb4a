import { RowsBuilder } from './rows-builder.js';
import type { SparseRows } from './sparse-rows.js';

/** Of each column, the `most` values that are largest without their sign: what speaks most for each item. */
export function strongestInto(rows: SparseRows, most: number): SparseRows {
  const size = rows.start.length - 1;
  const turned = transposed(rows);
  const kept = new RowsBuilder(size, most);
  for (let row = 0; row < size; row += 1) {
    for (let cell = turned.start[row]!; cell < turned.start[row + 1]!; cell += 1)
      kept.offer(turned.columns[cell]!, turned.values[cell]!);
    kept.close();
  }
  return transposed(kept.build());
}

export function transposed({ start, columns, values }: SparseRows): SparseRows {
  const turned = {
    start: new Int32Array(start.length),
    columns: new Int32Array(columns.length),
    values: new Float32Array(values.length),
  };
  for (const column of columns) turned.start[column + 1]! += 1;
  for (let row = 1; row < start.length; row += 1) turned.start[row]! += turned.start[row - 1]!;
  const next = turned.start.slice();
  for (let row = 0; row + 1 < start.length; row += 1)
    for (let cell = start[row]!; cell < start[row + 1]!; cell += 1) {
      const to = next[columns[cell]!]!++;
      turned.columns[to] = row;
      turned.values[to] = values[cell]!;
    }
  return turned;
}
