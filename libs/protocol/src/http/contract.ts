import type { z } from 'zod';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Who may call: anyone (a token, where given, must be good), or the signed-in only. */
export type Access = 'public' | 'signed-in';

/**
 * One HTTP operation. The same object registers the route, validates its input, and describes it
 * in OpenAPI; clients import it too.
 */
export interface Contract {
  /** operationId, camelCase. */
  id: string;
  method: Method;
  /** Below the API prefix, parameters as `:name`. */
  path: string;
  tag: 'identity' | 'courses' | 'recommendations' | 'rooms' | 'health';
  summary: string;
  access: Access;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Media types of the body where it is not JSON; such a body reaches the handler as a stream. */
  streams?: readonly string[];
  /** Media types of the answer where it is not JSON. */
  produces?: readonly string[];
  /** `If-Match` is compared (412); where it is required, 428 without. */
  ifMatch?: 'required' | 'optional';
  /** `Idempotency-Key` is honoured. */
  idempotent?: boolean;
  /** Documented answers by status; the highest is the usual one. `null` has no body. */
  responses: Readonly<Record<number, z.ZodType | null>>;
}

export const contract = <const C extends Contract>(definition: C): C => definition;

type Output<T> = T extends z.ZodType ? z.output<T> : undefined;

/** What the handler of a contract receives: validated, with defaults filled in. */
export interface InputOf<C extends Contract> {
  params: Output<C['params']>;
  query: Output<C['query']>;
  body: Output<C['body']>;
}
