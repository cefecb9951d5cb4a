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

/** The same of the `m` columns of `b` (n × m, by row), which are walked side by side. */
export function solveSmallAll(l: Float64Array, n: number, b: Float64Array, m: number): void {
  for (let row = 0; row < n; row += 1) {
    for (let k = 0; k < row; k += 1) subtract(l[row * n + k]!, b, k * m, row * m, m);
    divide(b, row * m, m, l[row * n + row]!);
  }
  for (let row = n - 1; row >= 0; row -= 1) {
    divide(b, row * m, m, l[row * n + row]!);
    for (let k = 0; k < row; k += 1) subtract(l[row * n + k]!, b, row * m, k * m, m);
  }
}

function subtract(scale: number, b: Float64Array, from: number, to: number, m: number): void {
  for (let at = 0; at < m; at += 1) b[to + at]! -= scale * b[from + at]!;
}

function divide(b: Float64Array, from: number, m: number, by: number): void {
  for (let at = from; at < from + m; at += 1) b[at]! /= by;
}
