import { type Kernels, kernelsOver } from './kernels.js';

/** Numbers of a row that the kernel takes at a time. */
const lanes = 8;

/** A copy of a matrix of singles by row, where a kernel multiplies its rows with vectors, in single precision. */
export class RowProducts {
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
  }

  /** One product a row; overwritten the next time. */
  with(vector: Float64Array): Float32Array {
    const { table, products } = this;
    if (products.length === 0) return products;
    this.vector.set(vector);
    this.kernels.products(
      0,
      table.byteOffset,
      products.length,
      this.vector.byteLength,
      products.byteOffset,
    );
    return products;
  }
}
