import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, Clock } from '#libs/kernel';
import { SessionStore } from '#libs/state';
import { ENV, type Env } from '../../env.js';
import { contractOf } from './contract-of.js';

interface Policy {
  name: string;
  limit: number;
  /** Seconds. */
  window: number;
  key: (request: FastifyRequest) => string;
}

const credentials: Policy = {
  name: 'credentials',
  limit: 20,
  window: 60,
  key: ({ ip, body }) => `${ip}|${usernameOf(body)}`,
};
const writes: Policy = {
  name: 'writes',
  limit: 600,
  window: 60,
  key: ({ caller, ip }) => caller?.id ?? ip,
};

const usernameOf = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'username' in body
    ? String(body.username).slice(0, 64).toLowerCase()
    : '';

/**
 * Limits what costs: guesses of credentials, and writes. Reads are cheaper than counting them. The
 * counters are the session store's, so that replicas share them.
 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(
    private readonly sessions: SessionStore,
    private readonly clock: Clock,
    @Inject(ENV) private readonly env: Env,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const contract = contractOf(context.getHandler());
    if (this.env.RATE_LIMIT === 'off' || !contract) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const policy = contract.path.startsWith('auth/') ? credentials : writes;
    const { count, resetAt } = await this.sessions.hit(
      `rate:${policy.name}:${policy.key(request)}`,
      1,
      policy.window * 1000,
    );
    const seconds = Math.max(1, Math.ceil((resetAt - this.clock.now()) / 1000));
    context
      .switchToHttp()
      .getResponse<FastifyReply>()
      .header('RateLimit-Policy', `"${policy.name}";q=${policy.limit};w=${policy.window}`)
      .header('RateLimit', `"${policy.name}";r=${Math.max(0, policy.limit - count)};t=${seconds}`);
    if (count > policy.limit) {
      throw new AppError('rate_limited', `at most ${policy.limit} of these in ${policy.window} s`, {
        retryAfter: seconds,
      });
    }
    return true;
  }
}
