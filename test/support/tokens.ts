import { SignJWT } from 'jose';
import { authSecret } from './server.js';

export interface Claims {
  sub: string;
  name?: string;
  roles?: string[];
  iss?: string;
  aud?: string;
}

const key = (secret: string) => new TextEncoder().encode(secret);

/** A token as the server itself, or a program that knows its key, would sign it. */
export const sign = (
  { sub, ...claims }: Claims,
  { secret = authSecret, expires = '10m' }: { secret?: string; expires?: string | number } = {},
): Promise<string> =>
  new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(key(secret));

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** RFC 7519 §6 "unsecured": says of itself that it needs no signature. */
export const unsecured = (claims: Claims): string =>
  `${part({ alg: 'none', typ: 'JWT' })}.${part({ exp: 4_102_444_800, ...claims })}.`;
