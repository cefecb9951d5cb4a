import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { etagMatches, etagOf, ResponseCache } from './response-cache.js';

const SCOPE = Symbol('cache scope');

/** The answer depends on nothing but the URL, the language and the scope's data where the caller is anonymous. */
export const Cached = (scope: string): MethodDecorator => SetMetadata(SCOPE, scope);

/** Gives JSON answers of GET their content ETag, answers 304, and fills the response cache. */
@Injectable()
export class CachedInterceptor implements NestInterceptor {
  constructor(private readonly cache: ResponseCache) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.method !== 'GET') return next.handle();
    const scope = Reflect.getMetadata(SCOPE, context.getHandler()) as string | undefined;
    const generation = scope === undefined ? 0 : this.cache.generation(scope);
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((value: unknown) => {
        if (
          typeof value !== 'object' ||
          value === null ||
          reply.statusCode !== 200 ||
          Buffer.isBuffer(value) ||
          'pipe' in value
        )
          return value;
        const body = JSON.stringify(value);
        const etag = (reply.getHeader('etag') as string | undefined) ?? etagOf(body);
        if (
          scope !== undefined &&
          request.caller === undefined &&
          request.headers.origin === undefined
        ) {
          const link = reply.getHeader('link');
          const answer = { body, etag, ...(link !== undefined && { link: String(link) }) };
          this.cache.put(
            scope,
            generation,
            request.url,
            request.headers['accept-language'],
            answer,
          );
        }
        reply
          .header('ETag', etag)
          .header('Cache-Control', 'no-cache')
          .header('Vary', 'Accept-Language, Origin, Authorization');
        if (etagMatches(request.headers['if-none-match'] ?? '""', etag)) {
          reply.status(304);
          return undefined;
        }
        reply.type('application/json; charset=utf-8');
        return body;
      }),
    );
  }
}
