import { hash } from 'node:crypto';
import type { z } from 'zod';
import { AppError } from '#libs/kernel';

/** What shows that a cursor was altered on its way; it keeps no secret, a cursor gives no access. */
const checksum = (text: string): string =>
  hash('sha256', `cursor ${text}`, 'base64url').slice(0, 8);

/** An opaque cursor: clients hand it back as it was. */
export function encodeCursor(value: object): string {
  const text = JSON.stringify(value);
  return Buffer.from(checksum(text) + text).toString('base64url');
}

/** @throws AppError bad_cursor where it is not of `schema`, or not one that was given out */
export function decodeCursor<T extends z.ZodType>(cursor: string, schema: T): z.output<T> {
  const bad = () =>
    new AppError('bad_cursor', 'the cursor is not one this list gave out; start without it');
  let value: unknown;
  try {
    const text = Buffer.from(cursor, 'base64url').toString();
    if (checksum(text.slice(8)) !== text.slice(0, 8)) throw bad();
    value = JSON.parse(text.slice(8));
  } catch {
    throw bad();
  }
  const result = schema.safeParse(value);
  if (!result.success || encodeCursor(result.data as object) !== cursor) throw bad();
  return result.data;
}
