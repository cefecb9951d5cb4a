import {
  applyDecorators,
  Delete,
  Get,
  HttpCode,
  Patch,
  Post,
  Put,
  SetMetadata,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import type { Contract, Method } from '#libs/protocol';
import { AuthGuard } from './auth.guard.js';
import { CachedInterceptor } from './cached.js';
import { CONTRACT } from './contract-of.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { RateLimitGuard } from './rate-limit.js';

const verbs: Record<Method, (path: string) => MethodDecorator> = {
  GET: Get,
  POST: Post,
  PUT: Put,
  PATCH: Patch,
  DELETE: Delete,
};

/** An object's integer keys come in ascending order: 201 (made) is the usual one where 200 (a repeat) stands beside it. */
const usualStatus = ({ responses }: Contract): number =>
  Math.max(...Object.keys(responses).map(Number));

/**
 * Serves a contract: its method, path and usual status; `@Input()` then validates by it. Guards and
 * interceptors stand here and not app-wide, because app-wide ones would run on every socket command too.
 */
export const Endpoint = (contract: Contract): MethodDecorator =>
  applyDecorators(
    verbs[contract.method](contract.path),
    HttpCode(usualStatus(contract)),
    SetMetadata(CONTRACT, contract),
    UseGuards(AuthGuard, ...(contract.method === 'GET' ? [] : [RateLimitGuard])),
    UseInterceptors(
      ...(contract.method === 'GET' ? [CachedInterceptor] : []),
      ...(contract.idempotent ? [IdempotencyInterceptor] : []),
    ),
  );
