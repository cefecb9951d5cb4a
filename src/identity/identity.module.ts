import { Global, Module } from '@nestjs/common';
import { Authenticator } from '../platform/http/authenticator.js';
import { AuthService } from './application/auth.service.js';
import { Directory } from './application/directory.js';
import { Passwords } from './application/passwords.js';
import { TokenAuthenticator } from './application/token-authenticator.js';
import { TokenVerifier } from './application/token-verifier.js';
import { AuthController } from './http/auth.controller.js';
import { UserController } from './http/user.controller.js';

/** Who is calling: needed by every process, whatever it serves. */
@Global()
@Module({
  providers: [
    AuthService,
    Directory,
    Passwords,
    TokenVerifier,
    { provide: Authenticator, useClass: TokenAuthenticator },
  ],
  exports: [Authenticator, AuthService, Directory, TokenVerifier],
})
export class IdentityCore {}

@Module({ imports: [IdentityCore], controllers: [AuthController, UserController] })
export class IdentityModule {}
