import { dot } from './dot.js';

/** A block of a matrix that is stored by row: its first cell, and the distance of its rows. */
export interface Block {
  cells: Float64Array;
  at: number;
  stride: number;
}

/** Columns that are multiplied at a time: a few rows of so many doubles stay in the first-level cache. */
const tile = 256;

/**
 * C += sign · A·Bᵀ for A of `rows` × `inner`, B of `columns` × `inner`. Rows of both are read along, so that memory
 * is read in order; 4 × 2 sums stay in registers.
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
  for (let from = 0; from < inner; from += tile) {
    const length = Math.min(tile, inner - from);
    let row = 0;
    for (; row + 4 <= rows; row += 4) {
      let column = 0;
      for (; column + 2 <= columns; column += 2)
        fourByTwo(
          sign,
          a,
          a.at + row * a.stride + from,
          b,
          b.at + column * b.stride + from,
          length,
          c,
          c.at + row * c.stride + column,
        );
      for (; column < columns; column += 1)
        for (let below = row; below < row + 4; below += 1)
          single(sign, a, below, b, column, from, length, c);
    }
    for (; row < rows; row += 1)
      for (let column = 0; column < columns; column += 1)
        single(sign, a, row, b, column, from, length, c);
  }
}

function fourByTwo(
  sign: number,
  { cells: a, stride: strideA }: Block,
  a0: number,
  { cells: b, stride: strideB }: Block,
  b0: number,
  length: number,
  { cells: c, stride: strideC }: Block,
  c0: number,
): void {
  const a1 = a0 + strideA;
  const b1 = b0 + strideB;
  const a2 = a1 + strideA;
  const a3 = a2 + strideA;
  let s00 = 0;
  let s01 = 0;
  let s10 = 0;
  let s11 = 0;
  let s20 = 0;
  let s21 = 0;
  let s30 = 0;
  let s31 = 0;
  for (let k = 0; k < length; k += 1) {
    const y0 = b[b0 + k]!;
    const y1 = b[b1 + k]!;
    const x0 = a[a0 + k]!;
    const x1 = a[a1 + k]!;
    const x2 = a[a2 + k]!;
    const x3 = a[a3 + k]!;
    s00 += x0 * y0;
    s01 += x0 * y1;
    s10 += x1 * y0;
    s11 += x1 * y1;
    s20 += x2 * y0;
    s21 += x2 * y1;
    s30 += x3 * y0;
    s31 += x3 * y1;
  }
  const c1 = c0 + strideC;
  const c2 = c1 + strideC;
  const c3 = c2 + strideC;
  c[c0]! += sign * s00;
  c[c0 + 1]! += sign * s01;
  c[c1]! += sign * s10;
  c[c1 + 1]! += sign * s11;
  c[c2]! += sign * s20;
  c[c2 + 1]! += sign * s21;
  c[c3]! += sign * s30;
  c[c3 + 1]! += sign * s31;
}

function single(
  sign: number,
  a: Block,
  row: number,
  b: Block,
  column: number,
  from: number,
  length: number,
  c: Block,
): void {
  const a0 = a.at + row * a.stride + from;
  const b0 = b.at + column * b.stride + from;
  c.cells[c.at + row * c.stride + column]! += sign * dot(a.cells, a0, b.cells, b0, length);
}
