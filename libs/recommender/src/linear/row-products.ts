import { type Kernels, kernelsOver } from './kernels.js';

/** Numbers of a row that the kernel takes at a time. */
const lanes = 8;
/** More than rounding to singles takes away, of a length or of a product of a few hundred terms. */
const up = 1 + 1e-4;

/** A copy of a matrix of singles by row, where a kernel multiplies its rows with vectors, in single precision. */
export class RowProducts {
  /** No less than the length of each row. */
  readonly lengths: Float32Array;
  /** Of all rows. */
  readonly sum: Float64Array;
  private readonly kernels: Kernels;
  private readonly vector: Float32Array;
  private readonly table: Float32Array;
  private readonly products: Float32Array;

  constructor(rows: Float32Array, n: number) {
    const width = Math.ceil(n / lanes) * lanes;
    const count = rows.length / n;
    const tableAt = width * 4;
    const productsAt = tableAt + count * width * 4;
    const { kernels, buffer } = kernelsOver(productsAt + count * 4);
    this.kernels = kernels;
    this.vector = new Float32Array(buffer, 0, width);
    this.table = new Float32Array(buffer, tableAt, count * width);
    this.products = new Float32Array(buffer, productsAt, count);
    if (width === n) this.table.set(rows);
    else
      for (let row = 0; row < count; row += 1)
        this.table.set(rows.subarray(row * n, (row + 1) * n), row * width);
    this.lengths = new Float32Array(count);
    this.sum = new Float64Array(n);
    for (let row = 0; row < count; row += 1) {
      let squares = 0;
      for (let k = 0; k < n; k += 1) {
        const cell = rows[row * n + k]!;
        squares += cell * cell;
        this.sum[k]! += cell;
      }
      this.lengths[row] = Math.sqrt(squares) * up;
    }
  }

  /** Overwrites `into` with one product a row. */
  with(vector: Float64Array, into: Float64Array): void {
    if (this.products.length === 0) return;
    this.vector.set(vector);
    this.multiply(0, this.products.length);
    into.set(this.products);
  }

  /** The product of one row, the same as among all. To be used before anybody else multiplies with this table. */
  oneByOne(vector: Float64Array): (row: number) => number {
    this.vector.set(vector);
    return (row) => {
      this.multiply(row, 1);
      return this.products[row]!;
    };
  }

  private multiply(from: number, count: number): void {
    const { table, products } = this;
    const rowBytes = this.vector.byteLength;
    this.kernels.products(
      0,
      table.byteOffset + from * rowBytes,
      count,
      rowBytes,
      products.byteOffset + from * 4,
    );
  }
}
