import fc from 'fast-check';
import { factorSmall, solveSmall, solveSmallAll } from './small-cholesky.js';

describe('small systems', () => {
  it('are solved together as they are one by one, and give back what they were made of', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 0, max: 5 }), (n, m) => {
        const cell = (at: number): number => ((at * 7919) % 17) / 17 - 0.5;
        const system = Float64Array.from({ length: n * n }, (_, at) => {
          const [row, column] = [Math.floor(at / n), at % n];
          let sum = row === column ? 1 : 0;
          for (let k = 0; k < n; k += 1) sum += cell(row * n + k) * cell(column * n + k);
          return sum;
        });
        const factor = system.slice();
        factorSmall(factor, n);
        const wanted = Float64Array.from({ length: m * n }, (_, at) => cell(at + 5));
        const right = wanted.map((_, at) => {
          const row = at % n;
          let sum = 0;
          for (let k = 0; k < n; k += 1) sum += system[row * n + k]! * wanted[at - row + k]!;
          return sum;
        });
        const all = right.slice();
        solveSmallAll(factor, n, all, m);
        for (let one = 0; one < m; one += 1) {
          const alone = right.slice(one * n, (one + 1) * n);
          solveSmall(factor, n, alone);
          for (let k = 0; k < n; k += 1) {
            expect(all[one * n + k]).toBeCloseTo(wanted[one * n + k]!, 9);
            expect(all[one * n + k]).toBeCloseTo(alone[k]!, 9);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
