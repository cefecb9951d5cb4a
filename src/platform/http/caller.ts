import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { AppError } from '#libs/kernel';
import type { Role } from '#libs/state';

/** Who is asking, as the verified token says. */
export interface Caller {
  id: string;
  name: string;
  roles: readonly Role[];
}

export const hasRole = (caller: Caller | undefined, ...roles: Role[]): boolean =>
  caller?.roles.some((role) => roles.includes(role)) ?? false;

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the auth guard where the request carried a good token. */
    caller?: Caller;
  }
}

const callerOf = (context: ExecutionContext): Caller | undefined =>
  context.switchToHttp().getRequest<{ caller?: Caller }>().caller;

/** The signed-in caller; for contracts whose access is `signed-in`. */
export const SignedIn = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const caller = callerOf(context);
  if (!caller) throw new AppError('unauthenticated', 'send Authorization: Bearer <token>');
  return caller;
});

/** The caller, or undefined for an anonymous request. */
export const MaybeCaller = createParamDecorator((_: unknown, context: ExecutionContext) =>
  callerOf(context),
);
