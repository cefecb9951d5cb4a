import { wasm } from './kernels.wasm.js';

/** What kernels.wat exports; places and lengths are in bytes, in the memory the kernels were made on. */
export interface Kernels {
  /** C += A·Bᵀ of doubles by row; rows are a multiple of 4, columns of 2, a row of A and B of 16 bytes. */
  product(
    a: number,
    rows: number,
    b: number,
    columns: number,
    length: number,
    c: number,
    stride: number,
  ): void;
  /** The products of a vector of singles with `count` ≥ 1 rows, each of a multiple of 32 bytes. */
  products(vector: number, rows: number, count: number, length: number, into: number): void;
}

/** As much of it as is used: its types come with those of browsers only. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Memory: new (size: { initial: number }) => { buffer: ArrayBuffer };
  Instance: new (module: object, imports: object) => { exports: unknown };
};

const compiled = new WebAssembly.Module(Buffer.from(wasm, 'base64'));
const pageBytes = 65_536;

/** A memory of at least `bytes`, zeroed, and the kernels that work on it. */
export function kernelsOver(bytes: number): { kernels: Kernels; buffer: ArrayBuffer } {
  const memory = new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(bytes / pageBytes)) });
  const { exports } = new WebAssembly.Instance(compiled, { linear: { memory } });
  return { kernels: exports as Kernels, buffer: memory.buffer };
}
