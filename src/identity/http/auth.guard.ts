import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppError } from '#libs/kernel';
import { contractOf } from '../../platform/http/endpoint.js';
import { Directory } from '../application/directory.js';
import { TokenVerifier } from '../application/token-verifier.js';

/** Turns a token into the caller. A bad token is refused on public routes too: silence would hide it. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly directory: Directory,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const header = request.headers.authorization;
    if (header === undefined) {
      if (contractOf(context.getHandler())?.access !== 'signed-in') return true;
      throw new AppError('unauthenticated', 'send Authorization: Bearer <token>');
    }
    const [, token] = /^Bearer +(\S+)$/i.exec(header) ?? [];
    if (token === undefined)
      throw new AppError('bad_token', 'Authorization is not of the form Bearer <token>');
    const { id, name, roles } = await this.tokens.verify(token);
    request.caller = { id, name, roles };
    await this.directory.ensure(request.caller);
    return true;
  }
}
