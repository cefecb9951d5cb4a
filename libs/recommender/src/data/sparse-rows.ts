/** A sparse item × item matrix, compressed by row: row i says how much item i speaks for each other item. */
export interface SparseRows {
  /** Length items + 1. */
  start: Int32Array;
  /** Rise within a row. */
  columns: Int32Array;
  values: Float32Array;
}

/** Adds weight · row to `into`. */
export function addRow(rows: SparseRows, row: number, weight: number, into: Float64Array): void {
  const { start, columns, values } = rows;
  const to = start[row + 1]!;
  for (let cell = start[row]!; cell < to; cell += 1)
    into[columns[cell]!]! += weight * values[cell]!;
}

/** 0 where it is not stored. */
export function valueAt(
  { start, columns, values }: SparseRows,
  row: number,
  column: number,
): number {
  let from = start[row]!;
  let to = start[row + 1]!;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (columns[middle]! < column) from = middle + 1;
    else to = middle;
  }
  return from < start[row + 1]! && columns[from] === column ? values[from]! : 0;
}
