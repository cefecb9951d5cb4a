import { Readable } from 'node:stream';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AppError, type FieldError } from '#libs/kernel';
import { contractOf } from './contract-of.js';

const pointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => '/' + String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('');

/** One entry a problem; an unknown field is named by its own path. */
export function fieldErrors(error: z.ZodError, prefix = ''): FieldError[] {
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          path: prefix + pointer([...issue.path, key]),
          message: 'unknown field',
        }))
      : [{ path: prefix + pointer(issue.path), message: issue.message }],
  );
}

/** The request's parameters, query and body, validated by the handler's contract; 422 names each bad field. */
export const Input = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const contract = contractOf(context.getHandler());
  if (!contract)
    throw new Error(`${context.getHandler().name} takes @Input() but has no @Endpoint()`);
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  if (!contract.streams && request.body instanceof Readable)
    throw new AppError('not_json', 'send the body as application/json');
  const errors: FieldError[] = [];
  const check = (schema: z.ZodType | undefined, value: unknown, prefix: string): unknown => {
    if (!schema) return undefined;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    errors.push(...fieldErrors(result.error, prefix));
    return undefined;
  };
  const input = {
    params: check(contract.params, request.params, '?path'),
    query: check(contract.query, request.query, '?'),
    body: contract.streams ? undefined : check(contract.body, request.body ?? {}, ''),
  };
  if (errors.length > 0) {
    throw new AppError('invalid', errors.map((e) => `${e.path || '/'}: ${e.message}`).join('; '), {
      errors,
    });
  }
  return input;
});
