import { magnitudeOf } from './magnitude.js';
import type { SparseRows } from './sparse-rows.js';

/** Builds sparse rows one after the other, keeping of each the `most` values that are largest without their sign. */
export class RowsBuilder {
  private readonly start: Int32Array;
  private columns = new Int32Array(1024);
  private values = new Float32Array(1024);
  private count = 0;
  private row = 0;
  private readonly offeredColumns: Int32Array;
  private readonly offeredValues: Float32Array;
  private offered = 0;

  constructor(
    private readonly size: number,
    private readonly most: number,
  ) {
    this.start = new Int32Array(size + 1);
    this.offeredColumns = new Int32Array(size);
    this.offeredValues = new Float32Array(size);
  }

  /** A cell of the open row; columns must rise. */
  offer(column: number, value: number): void {
    if (value === 0) return;
    this.offeredColumns[this.offered] = column;
    this.offeredValues[this.offered] = value;
    this.offered += 1;
  }

  /** The next row begins. */
  close(): void {
    const values = this.offeredValues.subarray(0, this.offered);
    const kept = Math.min(this.most, this.offered);
    while (this.count + kept > this.columns.length) this.grow();
    const least = kept < this.offered ? magnitudeOf(values, kept) : 0;
    // Of several that are as large as the least kept, those with the lowest columns.
    let equal = kept;
    for (const value of values) if (Math.abs(value) > least) equal -= 1;
    for (let at = 0; at < values.length; at += 1) {
      const magnitude = Math.abs(values[at]!);
      if (magnitude < least || (magnitude === least && (equal -= 1) < 0)) continue;
      this.columns[this.count] = this.offeredColumns[at]!;
      this.values[this.count] = values[at]!;
      this.count += 1;
    }
    this.offered = 0;
    this.start[++this.row] = this.count;
  }

  build(): SparseRows {
    return {
      start: this.start,
      columns: this.columns.slice(0, this.count),
      values: this.values.slice(0, this.count),
    };
  }

  private grow(): void {
    // No more than every row full is ever needed.
    const length = Math.min(
      this.columns.length * 2,
      Math.max(1024, this.size * Math.min(this.most, this.size)),
    );
    const columns = new Int32Array(length);
    const values = new Float32Array(length);
    columns.set(this.columns);
    values.set(this.values);
    this.columns = columns;
    this.values = values;
  }
}
