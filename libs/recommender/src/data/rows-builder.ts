import type { SparseRows } from './sparse-rows.js';

/** Builds sparse rows one after the other, keeping of each the `most` values that are largest without their sign. */
export class RowsBuilder {
  private readonly start: Int32Array;
  private columns = new Int32Array(1024);
  private values = new Float32Array(1024);
  private count = 0;
  private row = 0;
  private offered: { column: number; value: number }[] = [];

  constructor(
    size: number,
    private readonly most: number,
  ) {
    this.start = new Int32Array(size + 1);
  }

  /** A cell of the open row; each column at most once. */
  offer(column: number, value: number): void {
    if (value !== 0) this.offered.push({ column, value });
  }

  /** The next row begins. */
  close(): void {
    let kept = this.offered;
    if (kept.length > this.most) {
      kept.sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.column - b.column);
      kept = kept.slice(0, this.most);
    }
    kept.sort((a, b) => a.column - b.column);
    while (this.count + kept.length > this.columns.length) this.grow();
    for (const { column, value } of kept) {
      this.columns[this.count] = column;
      this.values[this.count] = value;
      this.count += 1;
    }
    this.offered = [];
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
    const columns = new Int32Array(this.columns.length * 2);
    const values = new Float32Array(this.values.length * 2);
    columns.set(this.columns);
    values.set(this.values);
    this.columns = columns;
    this.values = values;
  }
}
