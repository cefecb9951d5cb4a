import { invert } from './invert.js';

/** X·Xᵀ + I of a fixed pseudo-random X: symmetric and positive definite. */
function positiveDefinite(n: number): Float64Array {
  const x = Float64Array.from({ length: n * n }, (_, at) => Math.sin(at * 12.9898) % 1);
  const a = new Float64Array(n * n);
  for (let row = 0; row < n; row += 1)
    for (let column = 0; column < n; column += 1)
      for (let k = 0; k < n; k += 1) a[row * n + column]! += x[row * n + k]! * x[column * n + k]!;
  for (let at = 0; at < n; at += 1) a[at * n + at]! += 1;
  return a;
}

describe('the inverse of a positive definite matrix', () => {
  it.each([1, 2, 5, 63, 64, 65, 130, 200])('times the matrix of size %i is one', async (n) => {
    const a = positiveDefinite(n);
    const inverse = a.slice();
    await invert(inverse, n);
    let worst = 0;
    for (let row = 0; row < n; row += 1)
      for (let column = 0; column < n; column += 1) {
        let sum = row === column ? -1 : 0;
        for (let k = 0; k < n; k += 1) sum += a[row * n + k]! * inverse[k * n + column]!;
        worst = Math.max(worst, Math.abs(sum));
      }
    expect(worst).toBeLessThan(1e-9);
  });

  it('reads the lower triangle only', async () => {
    const [whole, half] = [positiveDefinite(70), positiveDefinite(70)];
    for (let row = 0; row < 70; row += 1) half.fill(NaN, row * 70 + row + 1, (row + 1) * 70);
    await invert(whole, 70);
    await invert(half, 70);
    expect(half).toEqual(whole);
  });

  it('is refused where there is none', async () => {
    await expect(invert(Float64Array.of(1, 2, 2, 1), 2)).rejects.toThrow('not positive definite');
  });
});
