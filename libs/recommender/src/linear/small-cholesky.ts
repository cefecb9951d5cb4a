/**
 * Overwrites the lower triangle of a symmetric positive definite matrix (n × n, by row) with its Cholesky factor.
 * For the small systems of factor models; large ones are blocked, in `cholesky.ts`.
 */
export function factorSmall(a: Float64Array, n: number): void {
  for (let row = 0; row < n; row += 1) {
    const at = row * n;
    for (let column = 0; column < row; column += 1) {
      const other = column * n;
      let sum = a[at + column]!;
      for (let k = 0; k < column; k += 1) sum -= a[at + k]! * a[other + k]!;
      a[at + column] = sum / a[other + column]!;
    }
    let sum = a[at + row]!;
    for (let k = 0; k < row; k += 1) sum -= a[at + k]! ** 2;
    if (!(sum > 0)) throw new RangeError('the matrix is not positive definite');
    a[at + row] = Math.sqrt(sum);
  }
}

/** Overwrites `b` with the solution of L·Lᵀ·x = b. */
export function solveSmall(l: Float64Array, n: number, b: Float64Array): void {
  for (let row = 0; row < n; row += 1) {
    let sum = b[row]!;
    for (let k = 0; k < row; k += 1) sum -= l[row * n + k]! * b[k]!;
    b[row] = sum / l[row * n + row]!;
  }
  for (let row = n - 1; row >= 0; row -= 1) {
    const x = b[row]! / l[row * n + row]!;
    b[row] = x;
    for (let k = 0; k < row; k += 1) b[k]! -= l[row * n + k]! * x;
  }
}
