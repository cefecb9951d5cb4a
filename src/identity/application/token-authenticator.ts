import { Injectable } from '@nestjs/common';
import { Authenticator } from '../../platform/http/authenticator.js';
import type { Caller } from '../../platform/http/caller.js';
import { Directory } from './directory.js';
import { TokenVerifier } from './token-verifier.js';

/** A good token's caller has an account from its first use on. */
@Injectable()
export class TokenAuthenticator extends Authenticator {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly directory: Directory,
  ) {
    super();
  }

  async authenticate(token: string): Promise<Caller> {
    const { id, name, roles } = await this.tokens.verify(token);
    const caller = { id, name, roles };
    await this.directory.ensure(caller);
    return caller;
  }
}
