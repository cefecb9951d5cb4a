import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '#libs/kernel';
import { decodeCursor, encodeCursor } from '../../platform/http/cursor.js';

const sealed = z.strictObject({ k: z.unknown(), c: z.string() });

/**
 * Cursors of one list: a position in it, sealed together with what the list shows and in which order,
 * so that one that was changed, or is of another list, is noticed. The seal needs no secret: a
 * position shows nothing that the list itself would not.
 */
export class SealedCursor<T extends z.ZodType> {
  private readonly list: string;

  constructor(
    list: unknown,
    private readonly position: T,
  ) {
    this.list = JSON.stringify(list);
  }

  encode(position: z.output<T>): string {
    return encodeCursor({ k: position, c: this.seal(position) });
  }

  /** @throws AppError bad_cursor */
  decode(cursor: string): z.output<T> {
    const { k, c } = decodeCursor(cursor, sealed);
    const position = this.position.safeParse(k);
    if (position.success && c === this.seal(k)) return position.data;
    throw new AppError(
      'bad_cursor',
      'the cursor was changed, or is of another list or order; start without it',
    );
  }

  private seal(position: unknown): string {
    const sealed = createHash('sha256').update(`${this.list}\n${JSON.stringify(position)}`);
    return sealed.digest('base64url').slice(0, 16);
  }
}
