import { Controller } from '@nestjs/common';
import { type InputOf, login, logout, refresh, register, type SessionView } from '#libs/protocol';
import { Endpoint } from '../../platform/http/endpoint.js';
import { Input } from '../../platform/http/input.js';
import { AuthService } from '../application/auth.service.js';

@Controller()
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  @Endpoint(register)
  register(@Input() { body }: InputOf<typeof register>): Promise<SessionView> {
    return this.auth.register(body);
  }

  @Endpoint(login)
  login(@Input() { body }: InputOf<typeof login>): Promise<SessionView> {
    return this.auth.login(body.username, body.password);
  }

  @Endpoint(refresh)
  refresh(@Input() { body }: InputOf<typeof refresh>): Promise<SessionView> {
    return this.auth.refresh(body.refreshToken);
  }

  @Endpoint(logout)
  async logout(@Input() { body }: InputOf<typeof logout>): Promise<void> {
    await this.auth.logout(body.refreshToken);
  }
}
