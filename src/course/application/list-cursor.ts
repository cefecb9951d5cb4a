import { hash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '#libs/kernel';
import { decodeCursor, encodeCursor } from '../../platform/http/cursor.js';

const schema = z.strictObject({ of: z.string(), at: z.unknown() });

/** Cursors of one list: a position in it, and a mark of what the list shows in which order, so that one of another list is noticed. */
export class ListCursor<T extends z.ZodType> {
  private readonly mark: string;

  constructor(
    list: unknown,
    private readonly position: T,
  ) {
    this.mark = hash('sha256', JSON.stringify(list), 'base64url').slice(0, 12);
  }

  encode(position: z.output<T>): string {
    return encodeCursor({ of: this.mark, at: position });
  }

  /** @throws AppError bad_cursor */
  decode(cursor: string): z.output<T> {
    const { of, at } = decodeCursor(cursor, schema);
    const position = this.position.safeParse(at);
    if (of === this.mark && position.success) return position.data;
    throw new AppError('bad_cursor', 'the cursor is of another list or order; start without it');
  }
}
