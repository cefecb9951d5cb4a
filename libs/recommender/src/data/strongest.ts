import { RowsBuilder } from './rows-builder.js';
import type { Step } from '../step.js';
import type { SparseRows } from './sparse-rows.js';

/** Of each row, the `most` values that are largest without their sign. */
export async function strongest(
  { start, columns, values }: SparseRows,
  most: number,
  step: Step,
): Promise<SparseRows> {
  const size = start.length - 1;
  const kept = new RowsBuilder(size, most);
  for (let row = 0; row < size; row += 1) {
    for (let cell = start[row]!; cell < start[row + 1]!; cell += 1)
      kept.offer(columns[cell]!, values[cell]!);
    kept.close();
    await step((row + 1) / size);
  }
  return kept.build();
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
