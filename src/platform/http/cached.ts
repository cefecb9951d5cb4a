import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable, of } from 'rxjs';
import type { CacheScope } from './cache-scope.js';
import { etagMatches, etagOf } from './entity-tag.js';
import { type Entry, ResponseCache } from './response-cache.js';

const SCOPE = Symbol('cache scope');

/**
 * To an anonymous caller the answer depends on nothing but the URL, the language and the scope's
 * data, and whoever else asks gets the same where it says so: see `forEverybody`.
 */
export const Cached = (scope: string): MethodDecorator => SetMetadata(SCOPE, scope);

/** Says that what is being answered here would be answered to anyone. */
export const forEverybody = (reply: FastifyReply): void =>
  void reply.header('Cache-Control', everybodys);

const everybodys = 'public, no-cache';

/** Of one request, or of the body: not part of an answer that is kept. */
const passing = new Set(['x-request-id', 'content-type', 'content-length', 'connection', 'date']);

/** Gives JSON answers of GET their content ETag, answers 304, and fills the response cache. */
@Injectable()
export class CachedInterceptor implements NestInterceptor {
  constructor(private readonly cache: ResponseCache) {}

  intercept(
    context: ExecutionContext,
    next: CallHandler,
  ): Observable<unknown> | Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const scope = Reflect.getMetadata(SCOPE, context.getHandler()) as string | undefined;
    if (scope === undefined) return this.made(next, request, reply);
    // To somebody unknown the cache would have answered before.
    if (!request.caller) return this.made(next, request, reply, this.cache.scope(scope));
    return this.cache
      .held(request.raw)
      .then((held) =>
        held
          ? of(repeated(held, request, reply))
          : this.made(next, request, reply, this.cache.scope(scope)),
      );
  }

  private made(
    next: CallHandler,
    request: FastifyRequest,
    reply: FastifyReply,
    scope?: CacheScope,
  ): Observable<unknown> {
    // Noted before the answer is made: it is as new as this, or newer.
    const generation = scope?.generation ?? 0;
    return next.handle().pipe(
      map((value: unknown) => {
        if (reply.statusCode !== 200 || !isJson(value)) return value;
        const body = JSON.stringify(value);
        const etag = (reply.getHeader('etag') as string | undefined) ?? etagOf(body);
        if (scope && !request.caller) forEverybody(reply);
        else if (!reply.hasHeader('cache-control')) reply.header('Cache-Control', 'no-cache');
        reply.header('ETag', etag).header('Vary', 'Accept-Language, Origin, Authorization');
        if (scope && reply.getHeader('cache-control') === everybodys) {
          const route = request.routeOptions.url ?? 'unknown';
          const headers = lasting(reply);
          this.cache.put(scope, generation, request.raw, { route, etag, headers, body });
        }
        return finished(request, reply, etag, body);
      }),
    );
  }
}

function repeated({ etag, headers, body }: Entry, request: FastifyRequest, reply: FastifyReply) {
  for (let at = 0; at < headers.length; at += 2) reply.header(headers[at] ?? '', headers[at + 1]);
  return finished(request, reply, etag, body);
}

function finished(request: FastifyRequest, reply: FastifyReply, etag: string, body: unknown) {
  if (etagMatches(request.headers['if-none-match'] ?? '""', etag)) {
    reply.status(304);
    return undefined;
  }
  reply.type('application/json; charset=utf-8');
  return body;
}

const lasting = (reply: FastifyReply): string[] =>
  Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
    passing.has(name) ? [] : [name, String(value)],
  );

const isJson = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Buffer.isBuffer(value) && !('pipe' in value);
