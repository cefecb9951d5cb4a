import type { z } from 'zod';
import { fieldErrors } from '../../platform/http/input.js';
import { invalid } from '../../platform/ws/index.js';

/** @throws AppError invalid, naming each bad field */
export function validated<T extends z.ZodType>(schema: T, data: unknown): z.output<T> {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  throw invalid(fieldErrors(result.error));
}
