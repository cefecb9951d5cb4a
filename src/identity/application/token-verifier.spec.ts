import fc from 'fast-check';
import { SignJWT } from 'jose';
import type { Env } from '../../env.js';
import { TokenVerifier } from './token-verifier.js';

const secret = 'a key for tests only, of more than 32 bytes';
const now = 1_800_000_000;
const clock = { now: () => now * 1000 };
const verifier = (env: Partial<Env> = {}) =>
  new TokenVerifier({ AUTH_SECRET: secret, ...env } as Env, clock);

const signed = (claims: Record<string, unknown>) =>
  new SignJWT({ sub: 'learner', exp: now + 60, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(secret));

describe('a token under AUTH_SECRET', () => {
  it('says who its bearer is, by the clock that it is looked at with', async () => {
    const token = await signed({ name: 'Ming', roles: ['instructor', 'king'] });
    expect(await verifier().verify(token)).toEqual({
      id: 'learner',
      name: 'Ming',
      roles: ['instructor'],
      expiresAt: now + 60,
    });
  });

  it.each([
    ['has expired', { exp: now }, 'token_expired'],
    ['is not valid yet', { nbf: now + 1 }, 'bad_token'],
    ['says in words when it expires', { exp: 'tomorrow' }, 'bad_token'],
    ['has no expiry', { exp: undefined }, 'bad_token'],
    ['has no sub', { sub: undefined }, 'bad_token'],
    ['has a sub that is no id', { sub: 'a b' }, 'bad_token'],
  ])('that %s is refused', async (_, claims, code) => {
    await expect(verifier().verify(await signed(claims))).rejects.toMatchObject({ code });
  });

  it('is for whom it was made, where that is asked for', async () => {
    const strict = verifier({ AUTH_ISSUER: 'school', AUTH_AUDIENCE: 'courses' });
    const [good, other, silent] = await Promise.all(
      [{ iss: 'school', aud: ['courses', 'x'] }, { iss: 'school', aud: 'x' }, {}].map((claims) =>
        signed(claims),
      ),
    );
    expect(await strict.verify(good!)).toMatchObject({ id: 'learner' });
    for (const token of [other!, silent!])
      await expect(strict.verify(token)).rejects.toMatchObject({ code: 'bad_token' });
  });

  it('that is not one is refused, whatever it is', async () => {
    const token = await signed({});
    const [header, payload] = token.split('.') as [string, string];
    const anything = fc.oneof(
      fc.string(),
      fc.json().map((json) => `${header}.${Buffer.from(json).toString('base64url')}.`),
      fc.string().map((signature) => `${header}.${payload}.${signature}`),
      fc.nat(token.length - 1).map((length) => token.slice(0, length)),
      fc.constant(`${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        await expect(verifier().verify(text)).rejects.toMatchObject({ code: 'bad_token' });
      }),
    );
  });
});
