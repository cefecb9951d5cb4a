import { z } from 'zod';
import { httpUrl, id, text, time } from './common.js';
import { contract } from './contract.js';

export const username = z
  .string()
  .transform((value) => value.normalize('NFKC'))
  .pipe(
    z
      .string()
      .regex(/^[\p{L}\p{M}\p{N}_.-]{3,32}$/u, '3 to 32 letters of any script, digits, _ . or -'),
  );
export const roleName = z.enum(['student', 'instructor', 'moderator', 'admin']);

export const user = z
  .object({
    id,
    username: z.string(),
    name: z.string(),
    bio: z.string().optional(),
    avatarUrl: z.string().optional(),
    roles: z.array(roleName),
    createdAt: time,
  })
  .meta({
    id: 'User',
    examples: [
      {
        id: '0199…',
        username: 'mei',
        name: '小美',
        roles: ['student'],
        createdAt: '2026-01-31T08:00:00.000Z',
      },
    ],
  });
export type UserView = z.output<typeof user>;

export const profile = z
  .object({
    id,
    username: z.string(),
    name: z.string(),
    bio: z.string().optional(),
    avatarUrl: z.string().optional(),
    presence: z.object({ online: z.boolean(), lastSeenAt: time.optional() }),
  })
  .meta({ id: 'Profile' });

export const session = z
  .object({ user, accessToken: z.string(), refreshToken: z.string(), expiresIn: z.number().int() })
  .meta({ id: 'Session' });
export type SessionView = z.output<typeof session>;

const refreshToken = z.strictObject({ refreshToken: z.string().min(1).max(512) });
const base = { tag: 'identity', access: 'public' } as const;
const me = { tag: 'identity', access: 'signed-in' } as const;

export const register = contract({
  ...base,
  id: 'register',
  method: 'POST',
  path: 'auth/register',
  summary: 'Create an account and sign in',
  body: z.strictObject({ username, password: text(8, 256), name: text(1, 80).optional() }),
  responses: { 201: session },
});
export const login = contract({
  ...base,
  id: 'login',
  method: 'POST',
  path: 'auth/login',
  summary: 'Sign in',
  body: z.strictObject({ username: z.string().max(128), password: z.string().max(256) }),
  responses: { 200: session },
});
export const refresh = contract({
  ...base,
  id: 'refresh',
  method: 'POST',
  path: 'auth/refresh',
  summary: 'Exchange a refresh token; each can be used once',
  body: refreshToken,
  responses: { 200: session },
});
export const logout = contract({
  ...base,
  id: 'logout',
  method: 'POST',
  path: 'auth/logout',
  summary: 'Revoke a refresh token and its family',
  body: refreshToken,
  responses: { 204: null },
});
export const getMe = contract({
  ...me,
  id: 'getMe',
  method: 'GET',
  path: 'users/me',
  summary: 'The caller’s own account',
  responses: { 200: user },
});
export const patchMe = contract({
  ...me,
  id: 'patchMe',
  method: 'PATCH',
  path: 'users/me',
  summary: 'Change one’s profile; null removes a field',
  body: z.strictObject({
    name: text(1, 80).optional(),
    bio: text(0, 2000).nullable().optional(),
    avatarUrl: httpUrl.nullable().optional(),
  }),
  responses: { 200: user },
});
export const getUser = contract({
  ...base,
  id: 'getUser',
  method: 'GET',
  path: 'users/:id',
  summary: 'Another’s profile and presence',
  params: z.strictObject({ id }),
  responses: { 200: profile },
});

export const identityContracts = [
  register,
  login,
  refresh,
  logout,
  getMe,
  patchMe,
  getUser,
] as const;
