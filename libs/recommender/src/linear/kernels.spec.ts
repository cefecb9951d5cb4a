import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import wabt from 'wabt';
import { wasm } from './kernels.wasm.js';
import { addProduct } from './product.js';
import { RowProducts } from './row-products.js';

/** Whole numbers: their products and sums are exact, in whatever order. */
const numbers = (count: number, seed: number) =>
  Array.from({ length: count }, (_, at) => ((at * 7919 + seed) % 17) - 8);

const size = (max: number) => fc.integer({ min: 1, max });

describe('the kernels', () => {
  it('are what kernels.wat says; else run `npm run wasm`', async () => {
    const { parseWat } = await wabt();
    const text = readFileSync(join(__dirname, 'kernels.wat'), 'utf8');
    const { buffer } = parseWat('kernels.wat', text, { simd: true }).toBinary({});
    expect(Buffer.from(buffer).toString('base64')).toBe(wasm);
  });

  it('multiply blocks of any size, anywhere in a matrix, and change nothing beside', () => {
    fc.assert(
      fc.property(size(70), size(70), size(300), fc.boolean(), (rows, columns, inner, square) => {
        const a = {
          cells: Float64Array.from(numbers((rows + 1) * (inner + 3), 1)),
          at: 2,
          stride: inner + 3,
        };
        const b = square
          ? { ...a, at: 2 }
          : {
              cells: Float64Array.from(numbers((columns + 1) * (inner + 1), 2)),
              at: 1,
              stride: inner + 1,
            };
        const width = square ? rows : columns;
        const c = {
          cells: Float64Array.from(numbers((rows + 1) * (width + 2), 3)),
          at: 1,
          stride: width + 2,
        };
        const wanted = c.cells.slice();
        for (let row = 0; row < rows; row += 1)
          for (let column = 0; column < width; column += 1)
            for (let k = 0; k < inner; k += 1)
              wanted[c.at + row * c.stride + column]! -=
                a.cells[a.at + row * a.stride + k]! * b.cells[b.at + column * b.stride + k]!;
        addProduct(-1, a, rows, b, width, inner, c);
        expect(c.cells).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });

  it('multiply the rows of a table with vectors, one after the other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), size(20), fc.nat(100), (rows, n, seed) => {
        const table = Float32Array.from(numbers(rows * n, seed));
        const products = new RowProducts(table, n);
        for (const salt of [1, 2]) {
          const vector = Float64Array.from(numbers(n, salt));
          const wanted = Array.from({ length: rows }, (_, row) =>
            vector.reduce((sum, one, k) => sum + one * table[row * n + k]!, 0),
          );
          expect([...products.with(vector)]).toEqual(wanted);
        }
      }),
    );
  });
});
