import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Inject,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type ErrorCode, errorTable, type Logger } from '#libs/kernel';
import {
  AlreadyExists,
  NoSuchRecord,
  QueueFull,
  StateError,
  StoreUnavailable,
  VersionConflict,
} from '#libs/state';
import { LOGGER } from '../logging/logger.js';
import { recordError } from '../tracing/spans.js';

/** Seconds a client waits before it asks a store again that did not answer. */
const retryUnavailable = 2;

const byStatus: Partial<Record<number, ErrorCode>> = {
  400: 'malformed',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'too_large',
  414: 'malformed',
  415: 'not_json',
  429: 'rate_limited',
};

/** How long the rest of a body that is too large may take, ms. */
const readOnMs = 2000;

/** What any thrown thing means to the caller. Nothing of its stack or cause leaves the process. */
export function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof QueueFull) {
    return new AppError('unavailable', 'too much waits to be stored; try again', {
      retryAfter: retryUnavailable,
      cause: thrown,
    });
  }
  if (thrown instanceof StoreUnavailable) {
    return new AppError('unavailable', 'a store does not answer; try again', {
      retryAfter: retryUnavailable,
      cause: thrown,
    });
  }
  if (thrown instanceof VersionConflict) return new AppError('version_conflict', thrown.message);
  if (thrown instanceof AlreadyExists) return new AppError('conflict', thrown.message);
  if (thrown instanceof NoSuchRecord) return new AppError('not_found', thrown.message);
  if (thrown instanceof StateError)
    return new AppError('internal', errorTable.internal.title, { cause: thrown });
  const status =
    thrown instanceof HttpException
      ? thrown.getStatus()
      : ((thrown as { statusCode?: number })?.statusCode ?? 500);
  const code = byStatus[status] ?? (status < 500 ? 'malformed' : 'internal');
  const message = code === 'internal' ? errorTable.internal.title : (thrown as Error).message;
  return new AppError(code, message, { cause: thrown });
}

/** `application/problem+json` (RFC 9457). */
export function sendProblem(error: AppError, request: FastifyRequest, reply: FastifyReply): void {
  const { status, title } = errorTable[error.code];
  if (error.retryAfter !== undefined) reply.header('Retry-After', String(error.retryAfter));
  if (status === 401) reply.header('WWW-Authenticate', 'Bearer');
  if (status === 413) readOn(request, reply);
  const instance = request.url.split('?')[0];
  reply
    .status(status)
    .header('Cache-Control', 'no-store')
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: `urn:maxiaoke:problem:${error.code}`,
        title,
        status,
        detail: error.message,
        instance,
        code: error.code,
        ...(error.errors && { errors: error.errors }),
      }),
    );
}

/**
 * A connection that is closed while its client still sends is reset, and the answer may be lost with it: to a gateway
 * that is no answer at all. What comes is dropped for a while instead.
 */
function readOn({ raw }: FastifyRequest, reply: FastifyReply): void {
  reply.removeHeader('Connection');
  const timer = setTimeout(() => raw.destroy(), readOnMs).unref();
  raw.once('close', () => clearTimeout(timer)).resume();
}

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = asAppError(thrown);
    // What is turned away under load is counted, not logged one by one.
    if (error.status >= 500 && !(thrown instanceof QueueFull))
      this.logger.error({ err: thrown, requestId: request.id, url: request.url }, 'request failed');
    if (error.status >= 500) recordError(thrown);
    if (reply.sent) return;
    sendProblem(error, request, reply);
  }
}
