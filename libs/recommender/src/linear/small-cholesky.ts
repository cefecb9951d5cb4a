import { dot } from './dot.js';

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
