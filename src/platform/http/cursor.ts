import type { z } from 'zod';
import { AppError } from '#libs/kernel';

/** An opaque cursor: clients hand it back as it was. */
export const encodeCursor = (value: object): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

/** @throws AppError bad_cursor where it is not of `schema`, or not one that was given out */
export function decodeCursor<T extends z.ZodType>(cursor: string, schema: T): z.output<T> {
  const bad = () =>
    new AppError('bad_cursor', 'the cursor is not one this list gave out; start without it');
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw bad();
  }
  const result = schema.safeParse(value);
  if (!result.success || encodeCursor(result.data as object) !== cursor) throw bad();
  return result.data;
}
