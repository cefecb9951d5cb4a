import { dot } from './dot.js';
import { addProduct } from './product.js';

/**
 * Overwrites the lower triangle of a symmetric positive definite matrix (n × n, by row) with its Cholesky factor.
 * For the small systems of factor models; large ones are blocked, in `invert.ts`.
 */
export function factorSmall(a: Float64Array, n: number): void {
  for (let row = 0; row < n; row += 1) {
    const at = row * n;
    for (let column = 0; column < row; column += 1) {
      const other = column * n;
      a[at + column] = (a[at + column]! - dot(a, at, a, other, column)) / a[other + column]!;
    }
    const sum = a[at + row]! - dot(a, at, a, at, row);
    if (!(sum > 0)) throw new RangeError('the matrix is not positive definite');
    a[at + row] = Math.sqrt(sum);
  }
}

/** Overwrites `b` with the solution of L·Lᵀ·x = b. */
export function solveSmall(l: Float64Array, n: number, b: Float64Array): void {
  for (let row = 0; row < n; row += 1) {
    b[row] = (b[row]! - dot(l, row * n, b, 0, row)) / l[row * n + row]!;
  }
  for (let row = n - 1; row >= 0; row -= 1) {
    const x = b[row]! / l[row * n + row]!;
    b[row] = x;
    for (let k = 0; k < row; k += 1) b[k]! -= l[row * n + k]! * x;
  }
}

/** Unknowns that are solved one by one; what the others take from them is a product of matrices. */
const together = 16;

/** The same of each of the `m` rows of `b` (m × n). */
export function solveSmallAll(l: Float64Array, n: number, b: Float64Array, m: number): void {
  const upper = transposedOf(l, n);
  const block = (cells: Float64Array, row: number, column: number) => ({
    cells,
    at: row * n + column,
    stride: n,
  });
  for (let from = 0; from < n; from += together) {
    const to = Math.min(n, from + together);
    addProduct(-1, block(b, 0, 0), m, block(l, from, 0), to - from, from, block(b, 0, from));
    for (let at = 0; at < m * n; at += n)
      for (let row = from; row < to; row += 1) {
        const known = dot(l, row * n + from, b, at + from, row - from);
        b[at + row] = (b[at + row]! - known) / l[row * n + row]!;
      }
  }
  for (let from = Math.floor((n - 1) / together) * together; from >= 0; from -= together) {
    const to = Math.min(n, from + together);
    addProduct(
      -1,
      block(b, 0, to),
      m,
      block(upper, from, to),
      to - from,
      n - to,
      block(b, 0, from),
    );
    for (let at = 0; at < m * n; at += n)
      for (let row = to - 1; row >= from; row -= 1) {
        const known = dot(upper, row * n + row + 1, b, at + row + 1, to - row - 1);
        b[at + row] = (b[at + row]! - known) / l[row * n + row]!;
      }
  }
}

/** Of a lower triangle. */
function transposedOf(l: Float64Array, n: number): Float64Array {
  const upper = new Float64Array(n * n);
  for (let row = 0; row < n; row += 1)
    for (let column = 0; column <= row; column += 1) upper[column * n + row] = l[row * n + column]!;
  return upper;
}
