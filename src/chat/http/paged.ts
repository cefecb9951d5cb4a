import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../../platform/http/cursor.js';
import { linkNext } from '../../platform/http/link.js';

const keyCursor = z.strictObject({ k: z.string().min(1).max(200) });

/** One page of a list whose cursor is the last item's key, with `Link`. */
export async function paged<T>(
  reply: FastifyReply,
  query: { limit: number; cursor?: string | undefined },
  load: (limit: number, after: string | undefined) => Promise<{ items: T[]; next: string | null }>,
): Promise<{ items: T[]; next: string | null }> {
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, keyCursor).k;
  const { items, next } = await load(query.limit, after);
  const cursor = next === null ? null : encodeCursor({ k: next });
  linkNext(reply, cursor);
  return { items, next: cursor };
}
