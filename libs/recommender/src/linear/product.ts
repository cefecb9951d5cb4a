import { kernelsOver } from './kernels.js';

/** A block of a matrix that is stored by row: its first cell, and the distance of its rows. */
export interface Block {
  cells: Float64Array;
  at: number;
  stride: number;
}

/** Rows of a tile, and numbers of each: two of them stay in the second-level cache. */
const side = 64;
const depth = 256;

const tileBytes = side * depth * 8;
const { kernels, buffer } = kernelsOver(2 * tileBytes + side * side * 8);
const cells = new Float64Array(buffer);
const [aAt, bAt, cAt] = [0, side * depth, 2 * side * depth];

/**
 * C += sign · A·Bᵀ for A of `rows` × `inner`, B of `columns` × `inner`, by tiles that are copied to where the kernel
 * reads them: far less work than what is done with each.
 */
export function addProduct(
  sign: 1 | -1,
  a: Block,
  rows: number,
  b: Block,
  columns: number,
  inner: number,
  c: Block,
): void {
  for (let top = 0; top < rows; top += side)
    for (let left = 0; left < columns; left += side) {
      const height = Math.min(side, rows - top);
      const width = Math.min(side, columns - left);
      cells.fill(0, cAt, cAt + side * side);
      for (let from = 0; from < inner; from += depth) {
        const length = Math.min(depth, inner - from);
        const same = a.cells === b.cells && a.stride === b.stride && height === width;
        const square = same && a.at + top * a.stride === b.at + left * b.stride;
        load(a, top, height, from, length, aAt);
        if (!square) load(b, left, width, from, length, bAt);
        kernels.product(
          aAt * 8,
          upTo(4, height),
          (square ? aAt : bAt) * 8,
          upTo(2, width),
          upTo(2, length) * 8,
          cAt * 8,
          side * 8,
        );
      }
      for (let row = 0; row < height; row += 1) {
        const target = c.at + (top + row) * c.stride + left;
        for (let column = 0; column < width; column += 1)
          c.cells[target + column]! += sign * cells[cAt + row * side + column]!;
      }
    }
}

const upTo = (multiple: number, count: number): number => Math.ceil(count / multiple) * multiple;

/** Rows `top` … of a block from column `from`, with zeros where the kernel wants more. */
function load(
  block: Block,
  top: number,
  height: number,
  from: number,
  length: number,
  at: number,
): void {
  const stride = upTo(2, length);
  for (let row = 0; row < height; row += 1) {
    const start = block.at + (top + row) * block.stride + from;
    const target = at + row * stride;
    // A view of each row would be garbage.
    for (let k = 0; k < length; k += 1) cells[target + k] = block.cells[start + k]!;
    if (stride > length) cells[at + row * stride + length] = 0;
  }
  cells.fill(0, at + height * stride, at + upTo(4, height) * stride);
}
