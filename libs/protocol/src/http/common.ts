import { z } from 'zod';

/** RFC 3339, UTC, milliseconds. */
export const time = z.iso
  .datetime({ precision: 3 })
  .meta({ examples: ['2026-01-31T08:00:00.000Z'] });

/** Ids are URL-safe strings. */
export const id = z
  .string()
  .regex(/^[A-Za-z0-9_.:~-]{1,128}$/, 'an id is 1 to 128 of letters, digits and _ . : ~ -');

/** Well-formed Unicode without NUL: what every store can keep. */
export const text = (min: number, max: number) =>
  z
    .string()
    .min(min)
    .max(max)
    .refine((value) => value.isWellFormed(), 'must be well-formed Unicode')
    .refine((value) => !value.includes('\u0000'), 'must not contain NUL');

export const httpUrl = z.url({ protocol: /^https?$/ }).max(2048);

export const limit = z.coerce.number().int().min(1).max(100).default(20);
export const cursor = z.string().max(1024);
export const page = z.strictObject({ limit, cursor: cursor.optional() });

/** A query parameter that may be given once or several times. */
export const repeated = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item).max(50).optional(),
  );

export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable() });

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
