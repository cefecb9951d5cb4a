import type { Step } from '../step.js';
import { dot } from './dot.js';
import { addProduct, type Block } from './product.js';

const size = 64;

/**
 * Inverse of a symmetric positive definite matrix (n × n, by row, its lower triangle is read), in place, by blocked
 * Cholesky: A = L·Lᵀ, U = L⁻ᵀ, A⁻¹ = U·Uᵀ. n³ floating-point operations, nearly all in `addProduct`, which all
 * three steps use because each keeps its factor by rows: L below the diagonal, U above it.
 * @throws RangeError where it is not positive definite
 */
export async function invert(
  a: Float64Array,
  n: number,
  step: Step = () => undefined,
): Promise<void> {
  const blocks = Math.ceil(n / size);
  for (let at = 0; at < blocks; at += 1)
    for (const _ of factorBlock(a, n, at * size)) await step((at + 1) / blocks / 3);
  const diagonal = new Float64Array(n);
  for (let at = 0; at < blocks; at += 1)
    for (const _ of invertBlock(a, n, at * size, diagonal)) await step((1 + (at + 1) / blocks) / 3);
  for (let at = 0; at < blocks; at += 1)
    for (const _ of squareBlock(a, n, at * size, diagonal)) await step((2 + (at + 1) / blocks) / 3);
  mirror(a, n);
}

const blockAt = (cells: Float64Array, n: number, row: number, column: number): Block => ({
  cells,
  at: row * n + column,
  stride: n,
});

const endOf = (from: number, n: number): number => Math.min(n, from + size);

/** Columns `from` … of L, those before being done. */
function* factorBlock(a: Float64Array, n: number, from: number): Generator {
  const to = endOf(from, n);
  const above = blockAt(a, n, from, 0);
  for (let top = from; top < n; top += size) {
    const bottom = endOf(top, n);
    addProduct(
      -1,
      blockAt(a, n, top, 0),
      bottom - top,
      above,
      to - from,
      from,
      blockAt(a, n, top, from),
    );
    for (let row = top; row < bottom; row += 1)
      for (let column = from; column < Math.min(to, row + 1); column += 1) {
        const sum =
          a[row * n + column]! - dot(a, row * n + from, a, column * n + from, column - from);
        if (column < row) {
          a[row * n + column] = sum / a[column * n + column]!;
          continue;
        }
        if (!(sum > 0)) throw new RangeError('the matrix is not positive definite');
        a[row * n + column] = Math.sqrt(sum);
      }
    yield;
  }
}

/** Rows `from` … of U; its diagonal, for which L leaves no place, goes to `diagonal`. */
function* invertBlock(a: Float64Array, n: number, from: number, diagonal: Float64Array): Generator {
  const to = endOf(from, n);
  for (let row = from; row < to; row += 1) {
    diagonal[row] = 1 / a[row * n + row]!;
    for (let column = row + 1; column < to; column += 1) {
      const sum =
        a[column * n + row]! * diagonal[row]! +
        dot(a, row * n + row + 1, a, column * n + row + 1, column - row - 1);
      a[row * n + column] = -sum / a[column * n + column]!;
    }
  }
  const corner = upperBlock(a, n, from, diagonal);
  for (let left = to; left < n; left += size) {
    const right = endOf(left, n);
    const target = blockAt(a, n, from, left);
    for (let row = from; row < to; row += 1) a.fill(0, row * n + left, row * n + right);
    addProduct(1, corner, to - from, blockAt(a, n, left, from), right - left, to - from, target);
    addProduct(
      1,
      blockAt(a, n, from, to),
      to - from,
      blockAt(a, n, left, to),
      right - left,
      left - to,
      target,
    );
    for (let row = from; row < to; row += 1)
      for (let column = left; column < right; column += 1) {
        const sum =
          a[row * n + column]! + dot(a, row * n + left, a, column * n + left, column - left);
        a[row * n + column] = -sum / a[column * n + column]!;
      }
    yield;
  }
}

/** Rows `from` … of U·Uᵀ below the diagonal, where L is no longer needed. */
function* squareBlock(a: Float64Array, n: number, from: number, diagonal: Float64Array): Generator {
  const to = endOf(from, n);
  const corner = upperBlock(a, n, from, diagonal);
  for (let left = 0; left <= from; left += size) {
    const width = endOf(left, n) - left;
    const target = blockAt(a, n, from, left);
    for (let row = from; row < to; row += 1) a.fill(0, row * n + left, row * n + left + width);
    const other = left === from ? corner : blockAt(a, n, left, from);
    addProduct(1, corner, to - from, other, width, to - from, target);
    addProduct(
      1,
      blockAt(a, n, from, to),
      to - from,
      blockAt(a, n, left, to),
      width,
      n - to,
      target,
    );
    yield;
  }
}

/** A copy of U's block on the diagonal, with its zeros. */
function upperBlock(a: Float64Array, n: number, from: number, diagonal: Float64Array): Block {
  const cells = new Float64Array(size * size);
  for (let row = 0; row < endOf(from, n) - from; row += 1) {
    cells[row * size + row] = diagonal[from + row]!;
    for (let column = row + 1; column < endOf(from, n) - from; column += 1)
      cells[row * size + column] = a[(from + row) * n + from + column]!;
  }
  return { cells, at: 0, stride: size };
}

/** What stands below the diagonal also above it, by blocks that stay in the cache. */
function mirror(a: Float64Array, n: number): void {
  for (let top = 0; top < n; top += size)
    for (let left = 0; left <= top; left += size)
      for (let row = top; row < endOf(top, n); row += 1)
        for (let column = left; column < Math.min(endOf(left, n), row); column += 1)
          a[column * n + row] = a[row * n + column]!;
}
