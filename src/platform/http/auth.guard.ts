import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppError } from '#libs/kernel';
import { Authenticator } from './authenticator.js';
import { contractOf } from './contract-of.js';

/** Turns a token into the caller. A bad token is refused on public routes too: silence would hide it. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(private readonly authenticator: Authenticator) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const header = request.headers.authorization;
    if (header === undefined) {
      if (contractOf(context.getHandler())?.access !== 'signed-in') return true;
      throw new AppError('unauthenticated', 'send Authorization: Bearer <token>');
    }
    const [, token] = /^Bearer +(\S+)$/i.exec(header) ?? [];
    if (token === undefined)
      throw new AppError('bad_token', 'Authorization is not of the form Bearer <token>');
    request.caller = await this.authenticator.authenticate(token);
    return true;
  }
}
