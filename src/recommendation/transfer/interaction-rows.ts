import { hash } from 'node:crypto';
import { z } from 'zod';
import { type Interaction, interactionTypes } from '#libs/state';

export const columns = ['id', 'user', 'courseId', 'type', 'value', 'at'] as const;
const required = ['user', 'courseId', 'type', 'at'] as const;

const blank = (value: unknown): unknown => (value === '' || value === null ? undefined : value);
const name = z.string().min(1).max(255);

const row = z
  .strictObject({
    id: z.preprocess(blank, name.optional()),
    user: name,
    courseId: name,
    type: z.enum(interactionTypes),
    value: z.preprocess(blank, z.coerce.number().min(1).max(5).optional()),
    at: z.preprocess(
      (given) => (typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given),
      z.union([
        z.number().int().min(0).max(8.64e15),
        z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
      ]),
    ),
  })
  .refine(({ type, value }) => (type === 'rate') === (value !== undefined), {
    path: ['value'],
    message: 'a rating needs a value of 1 to 5, and nothing else has one',
  });

/** The interaction of a row, or what is wrong with it. */
export function interactionOf(value: unknown, latest: number): Interaction | string {
  const result = row.safeParse(value);
  if (!result.success)
    return result.error.issues
      .map(({ path, message }) => `/${path.join('/')}: ${message}`)
      .join('; ');
  const { id, value: stars, ...event } = result.data;
  if (event.at > latest) return `/at: lies in the future (${new Date(event.at).toISOString()})`;
  const whole = { ...event, ...(stars !== undefined && { value: stars }) };
  return { ...whole, id: id ?? idOf(whole) };
}

/** Names the columns that a header lacks; undefined where it has all it needs. */
export function headerFault(header: readonly string[]): string | undefined {
  const lacking = required.filter((column) => !header.includes(column));
  if (lacking.length === 0) return undefined;
  return `the first row has to name the columns (${columns.join(', ')}; id and value may be left out); it lacks ${lacking.join(', ')}`;
}

export function lineOf(event: Interaction, format: 'csv' | 'ndjson'): string {
  const at = new Date(event.at).toISOString();
  if (format === 'ndjson') return `${JSON.stringify({ ...event, at })}\n`;
  const { id, user, courseId, type, value } = event;
  return `${[id, user, courseId, type, value ?? '', at].map(cell).join(',')}\r\n`;
}

const cell = (value: string | number): string => {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Time-ordered as others are (UUIDv7), and equal for equal rows: a row without an id is imported once. */
function idOf(event: Omit<Interaction, 'id'>): string {
  const time = event.at.toString(16).padStart(12, '0').slice(-12);
  const key = JSON.stringify([event.user, event.courseId, event.type, event.value, event.at]);
  const mark = hash('sha256', key, 'hex');
  const variant = '89ab'.charAt(parseInt(mark.charAt(3), 16) & 3);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${mark.slice(0, 3)}-${variant}${mark.slice(4, 7)}-${mark.slice(7, 19)}`;
}
