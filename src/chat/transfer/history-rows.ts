import { z } from 'zod';
import type { MemberRecord, ReadMarker, RoomRecord, StoredEvent } from '#libs/state';

/** One line of an export: a room, then what is in it. */
export type HistoryRow =
  | { room: RoomRecord; epoch: string; first: number }
  | { in: string; event: StoredEvent }
  | { in: string; member: MemberRecord }
  | { in: string; marker: ReadMarker };

const id = z.string().min(1).max(255);
const seq = z.number().int().min(1);
const time = z.number().int().min(0).max(8.64e15);

const room = z.strictObject({
  room: z.strictObject({
    id,
    kind: z.enum(['open', 'course', 'group', 'direct']),
    name: z.string(),
    courseId: id.optional(),
    createdAt: time,
    createdBy: z.string(),
  }),
  epoch: z.string().min(1).max(64),
  first: seq,
});
const event = z.strictObject({
  in: id,
  event: z.strictObject({
    seq,
    id,
    type: z.enum(['message', 'message.edited', 'message.deleted', 'reaction', 'member', 'room']),
    sender: z.string(),
    cid: z.string().regex(/^[\x20-\x7e]{1,64}$/),
    at: time,
    target: id.optional(),
    body: z.record(z.string(), z.unknown()),
  }),
});
const member = z.strictObject({
  in: id,
  member: z.strictObject({
    user: id,
    role: z.enum(['owner', 'moderator', 'member']),
    since: time,
  }),
});
const marker = z.strictObject({
  in: id,
  marker: z.strictObject({ user: id, seq: z.number().int().min(0) }),
});

/** What tells the rows apart. */
const shapes = { room, event, member, marker };

/** The row, or what is wrong with it. */
export function historyRowOf(value: unknown): HistoryRow | string {
  if (value === undefined) return 'not JSON';
  const kind = Object.keys(shapes).find(
    (name) => typeof value === 'object' && value !== null && name in value,
  ) as keyof typeof shapes | undefined;
  if (!kind) return `not a row: one has ${Object.keys(shapes).join(', ')}`;
  const result = shapes[kind].safeParse(value);
  if (!result.success)
    return result.error.issues
      .map(({ path, message }) => `/${path.join('/')}: ${message}`)
      .join('; ');
  const { data } = result;
  if (!('event' in data)) return data as HistoryRow;
  const { body, ...rest } = data.event;
  return { in: data.in, event: { ...rest, body: JSON.stringify(body) } } as HistoryRow;
}

export function lineOf(row: HistoryRow): string {
  if (!('event' in row)) return `${JSON.stringify(row)}\n`;
  const { body, ...rest } = row.event;
  const event = { ...rest, body: JSON.parse(body) as unknown };
  return `${JSON.stringify({ in: row.in, event })}\n`;
}
