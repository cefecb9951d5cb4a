import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AuthService } from './application/auth.service.js';
import { Directory } from './application/directory.js';
import { Passwords } from './application/passwords.js';
import { TokenVerifier } from './application/token-verifier.js';
import { AuthController } from './http/auth.controller.js';
import { AuthGuard } from './http/auth.guard.js';
import { UserController } from './http/user.controller.js';

/** Who is calling: needed by every process, whatever it serves. */
@Module({
  providers: [
    AuthService,
    Directory,
    Passwords,
    TokenVerifier,
    { provide: APP_GUARD, useClass: AuthGuard },
  ],
  exports: [AuthService, Directory, TokenVerifier],
})
export class IdentityCore {}

@Module({ imports: [IdentityCore], controllers: [AuthController, UserController] })
export class IdentityModule {}
