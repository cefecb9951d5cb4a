import { Inject, Injectable } from '@nestjs/common';
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyOptions,
} from 'jose';
import { LRUCache } from 'lru-cache';
import { AppError, Clock } from '#libs/kernel';
import type { Role } from '#libs/state';
import { ENV, type Env } from '../../env.js';
import type { Caller } from '../../platform/http/caller.js';
import { tracedFetch } from '../../platform/tracing/spans.js';

export interface Verified extends Caller {
  /** Epoch seconds. */
  expiresAt: number;
}

const roles: readonly Role[] = ['student', 'instructor', 'moderator', 'admin'];
const subject = /^[A-Za-z0-9_.:~-]{1,128}$/;

/**
 * Says whose a token is. The algorithm is fixed by configuration, never by the token: HS256 under
 * AUTH_SECRET, or asymmetric ones of AUTH_JWKS_URL where that is set.
 */
@Injectable()
export class TokenVerifier {
  private readonly verified = new LRUCache<string, Verified>({ max: 10_000 });
  private readonly key: Uint8Array | ReturnType<typeof createRemoteJWKSet>;
  private readonly options: JWTVerifyOptions;

  constructor(
    @Inject(ENV) env: Env,
    private readonly clock: Clock,
  ) {
    this.key = env.AUTH_JWKS_URL
      ? createRemoteJWKSet(new URL(env.AUTH_JWKS_URL), { [customFetch]: tracedFetch })
      : new TextEncoder().encode(env.AUTH_SECRET);
    this.options = {
      algorithms: env.AUTH_JWKS_URL ? ['RS256', 'PS256', 'ES256', 'EdDSA'] : ['HS256'],
      requiredClaims: ['sub', 'exp'],
      ...(env.AUTH_ISSUER && { issuer: env.AUTH_ISSUER }),
      ...(env.AUTH_AUDIENCE && { audience: env.AUTH_AUDIENCE }),
    };
  }

  /** @throws AppError token_expired, bad_token, unavailable (the identity provider's keys) */
  async verify(token: string): Promise<Verified> {
    const now = this.clock.now();
    const known = this.verified.get(token);
    if (known && known.expiresAt * 1000 > now) return known;
    const verified = await this.check(token, new Date(now));
    this.verified.set(token, verified);
    return verified;
  }

  private async check(token: string, currentDate: Date): Promise<Verified> {
    try {
      const options = { ...this.options, currentDate };
      const { payload } =
        typeof this.key === 'function'
          ? await jwtVerify(token, this.key, options)
          : await jwtVerify(token, this.key, options);
      return verifiedOf(payload);
    } catch (error) {
      if (error instanceof AppError) throw error;
      if (error instanceof errors.JWTExpired)
        throw new AppError('token_expired', 'the token has expired', { cause: error });
      if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)) {
        throw new AppError('unavailable', 'the identity provider’s keys cannot be fetched', {
          retryAfter: 2,
          cause: error,
        });
      }
      throw new AppError('bad_token', 'the token is not one this server accepts', { cause: error });
    }
  }
}

function verifiedOf(payload: JWTPayload): Verified {
  const { sub = '', exp = 0, name } = payload;
  if (!subject.test(sub))
    throw new AppError(
      'bad_token',
      'the token’s sub is not 1 to 128 of letters, digits and _ . : ~ -',
    );
  const given = Array.isArray(payload.roles) ? payload.roles : [];
  const known = roles.filter((role) => given.includes(role));
  return {
    id: sub,
    name: typeof name === 'string' && name !== '' ? name.slice(0, 80) : sub,
    roles: known.length > 0 ? known : ['student'],
    expiresAt: exp,
  };
}
