import { Inject, Injectable } from '@nestjs/common';
import { createVerifier, TokenError } from 'fast-jwt';
import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from 'jose';
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

const requiredClaims = ['sub', 'exp'];

/** What a token says. @throws AppError as `TokenVerifier.verify` */
type Check = (token: string, now: number) => JWTPayload | Promise<JWTPayload>;

/**
 * Under AUTH_SECRET, where the event loop is: an HMAC of a few hundred bytes takes microseconds, and the thread pool
 * that jose hands it to costs each request a wait for its turn.
 */
function checkBySecret({ AUTH_SECRET, AUTH_ISSUER, AUTH_AUDIENCE }: Env): Check {
  const verify = createVerifier({
    key: AUTH_SECRET,
    algorithms: ['HS256'],
    // A claim that is not there is not compared.
    requiredClaims: [
      ...requiredClaims,
      ...(AUTH_ISSUER ? ['iss'] : []),
      ...(AUTH_AUDIENCE ? ['aud'] : []),
    ],
    ...(AUTH_ISSUER && { allowedIss: AUTH_ISSUER }),
    ...(AUTH_AUDIENCE && { allowedAud: AUTH_AUDIENCE }),
    // By the clock that is given with each token.
    ignoreExpiration: true,
    ignoreNotBefore: true,
  });
  const read = (token: string): JWTPayload => {
    try {
      return verify(token) as JWTPayload;
    } catch (cause) {
      throw cause instanceof TokenError ? badToken(cause) : cause;
    }
  };
  return (token, now) => {
    const payload = read(token);
    const { exp, nbf = 0 } = payload as Record<string, unknown>;
    if (typeof exp !== 'number' || typeof nbf !== 'number')
      throw new AppError('bad_token', 'the token’s exp and nbf are not numbers');
    if (exp * 1000 <= now) throw new AppError('token_expired', 'the token has expired');
    if (nbf * 1000 > now) throw new AppError('bad_token', 'the token is not valid yet');
    return payload;
  };
}

function checkByProvider(url: string, { AUTH_ISSUER, AUTH_AUDIENCE }: Env): Check {
  const keys = createRemoteJWKSet(new URL(url), { [customFetch]: tracedFetch });
  const options = {
    algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    requiredClaims,
    ...(AUTH_ISSUER && { issuer: AUTH_ISSUER }),
    ...(AUTH_AUDIENCE && { audience: AUTH_AUDIENCE }),
  };
  return async (token, now) => {
    try {
      return (await jwtVerify(token, keys, { ...options, currentDate: new Date(now) })).payload;
    } catch (cause) {
      if (cause instanceof errors.JWTExpired)
        throw new AppError('token_expired', 'the token has expired', { cause });
      if (cause instanceof errors.JOSEError && !(cause instanceof errors.JWKSTimeout))
        throw badToken(cause);
      throw new AppError('unavailable', 'the identity provider’s keys cannot be fetched', {
        retryAfter: 2,
        cause,
      });
    }
  };
}

const badToken = (cause: Error): AppError =>
  new AppError('bad_token', 'the token is not one this server accepts', { cause });

/**
 * Says whose a token is. The algorithm is fixed by configuration, never by the token: HS256 under
 * AUTH_SECRET, or asymmetric ones of AUTH_JWKS_URL where that is set.
 */
@Injectable()
export class TokenVerifier {
  private readonly verified = new LRUCache<string, Verified>({ max: 10_000 });
  private readonly check: Check;

  constructor(
    @Inject(ENV) env: Env,
    private readonly clock: Clock,
  ) {
    this.check = env.AUTH_JWKS_URL ? checkByProvider(env.AUTH_JWKS_URL, env) : checkBySecret(env);
  }

  /** @throws AppError token_expired, bad_token, unavailable (the identity provider's keys) */
  async verify(token: string): Promise<Verified> {
    const now = this.clock.now();
    const known = this.verified.get(token);
    if (known && known.expiresAt * 1000 > now) return known;
    const verified = verifiedOf(await this.check(token, now));
    this.verified.set(token, verified);
    return verified;
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
