import { hash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { AppError, Clock, type Logger } from '#libs/kernel';
import { DataStore } from '#libs/state';
import { LOGGER } from '../logging/logger.js';

/** How long an answer is kept, and how long a request may run before its key is free again, ms. */
const keepMs = 24 * 3600_000;
const runMs = 60_000;

interface Kept {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** `Idempotency-Key` on POST: a repeat gets the first answer, also where it is in progress on another replica. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly data: DataStore,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  intercept(
    context: ExecutionContext,
    next: CallHandler,
  ): Observable<unknown> | Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const given = request.headers['idempotency-key'];
    // A streamed body cannot be compared with another; where it is not wanted, validation refuses it.
    if (given === undefined || request.body instanceof Readable) return next.handle();
    if (typeof given !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(given)) {
      throw new AppError('malformed', 'Idempotency-Key is 1 to 128 printable ASCII characters');
    }
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return from(this.once(given, request, reply, () => lastValueFrom(next.handle())));
  }

  private async once(
    given: string,
    request: FastifyRequest,
    reply: FastifyReply,
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    const key = [
      request.caller?.id ?? request.ip,
      request.method,
      request.url.split('?')[0],
      given,
    ].join('|');
    const fingerprint = hash('sha256', JSON.stringify(request.body ?? null), 'hex');
    const claim = await this.data.idempotency.claim(key, fingerprint, this.clock.now() + runMs);
    if (claim.state !== 'claimed' && claim.fingerprint !== fingerprint) {
      throw new AppError('idempotency_mismatch', 'this Idempotency-Key was sent with another body');
    }
    if (claim.state === 'pending') {
      throw new AppError(
        'in_progress',
        'the first request with this Idempotency-Key is still running',
        { retryAfter: 1 },
      );
    }
    if (claim.state === 'done') return this.replay(JSON.parse(claim.response) as Kept, reply);
    let body: unknown;
    try {
      body = await work();
    } catch (error) {
      await this.data.idempotency.abandon(key).catch((cause: unknown) => this.taken(cause));
      throw error;
    }
    const kept: Kept = { status: reply.statusCode, headers: keptHeaders(reply), body };
    try {
      await this.data.idempotency.complete(key, JSON.stringify(kept), this.clock.now() + keepMs);
    } catch (error) {
      // What was asked for is done: an error here would have it done again.
      this.taken(error);
    }
    return body;
  }

  private taken(cause: unknown): void {
    this.logger.warn({ err: cause }, 'an idempotency key stays taken until its deadline');
  }

  private replay({ status, headers, body }: Kept, reply: FastifyReply): unknown {
    reply.status(status);
    for (const [name, value] of Object.entries(headers)) reply.header(name, value);
    return body;
  }
}

const keptHeaders = (reply: FastifyReply): Kept['headers'] =>
  Object.fromEntries(
    ['location', 'etag'].flatMap((name) => {
      const value = reply.getHeader(name);
      return value === undefined ? [] : [[name, String(value)]];
    }),
  );
