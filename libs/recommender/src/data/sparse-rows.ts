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
