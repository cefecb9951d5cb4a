/*
 * Arrays as Postgres sends and takes them in binary (array_send and array_recv in its
 * utils/adt/arrayfuncs.c): dimensions, whether there are NULLs, the elements' type, their number, the first
 * one's index, then each with its length before it, -1 for NULL. Neither side escapes or parses anything.
 */
const header = 20;
const textType = 25;
const bigintType = 20;

function begun(bytes: number, type: number, count: number, nulls: boolean): Buffer {
  const array = Buffer.allocUnsafe(header + bytes);
  array.writeInt32BE(1, 0);
  array.writeInt32BE(nulls ? 1 : 0, 4);
  array.writeInt32BE(type, 8);
  array.writeInt32BE(count, 12);
  array.writeInt32BE(1, 16);
  return array;
}

/** A `text[]`, for a parameter that the server knows to be one. */
export function textArray(values: readonly (string | null)[]): Buffer {
  let bytes = 4 * values.length;
  for (const value of values) if (value !== null) bytes += Buffer.byteLength(value);
  const array = begun(bytes, textType, values.length, values.includes(null));
  let at = header;
  for (const value of values) {
    const length = value === null ? -1 : array.write(value, at + 4);
    array.writeInt32BE(length, at);
    at += 4 + Math.max(0, length);
  }
  return array;
}

/** A `bigint[]` of safe integers. */
export function bigintArray(values: readonly number[]): Buffer {
  const array = begun(12 * values.length, bigintType, values.length, false);
  let at = header;
  for (const value of values) {
    array.writeInt32BE(8, at);
    array.writeInt32BE(Math.floor(value / 2 ** 32), at + 4);
    array.writeUInt32BE(value >>> 0, at + 8);
    at += 12;
  }
  return array;
}
