import { hash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';
import { AppError, Clock, newId } from '#libs/kernel';
import type { SessionView } from '#libs/protocol';
import { type AccountRecord, AlreadyExists, DataStore, type Role, SessionStore } from '#libs/state';
import { ENV, type Env } from '../../env.js';
import { usernameKey } from '../domain/usernames.js';
import { userView } from '../domain/views.js';
import { Passwords } from './passwords.js';

const accessSeconds = 15 * 60;
const refreshMs = 30 * 24 * 3600_000;

const digest = (token: string): string => hash('sha256', token, 'hex');

/** Accounts of our own: registering, signing in, rotating refresh tokens. */
@Injectable()
export class AuthService {
  constructor(
    private readonly data: DataStore,
    private readonly sessions: SessionStore,
    private readonly passwords: Passwords,
    private readonly clock: Clock,
    @Inject(ENV) private readonly env: Env,
  ) {}

  async register(input: {
    username: string;
    password: string;
    name?: string | undefined;
  }): Promise<SessionView> {
    if (this.env.REGISTRATION === 'closed')
      throw new AppError('forbidden', 'registration is closed here; ask an administrator');
    return this.signIn(await this.create(input));
  }

  /** @throws AppError conflict */
  async create(input: {
    username: string;
    password: string;
    name?: string | undefined;
    roles?: Role[];
  }): Promise<AccountRecord> {
    const { username, password, name = username, roles = ['student'] } = input;
    const account: AccountRecord = {
      id: newId(),
      username,
      usernameKey: usernameKey(username),
      name,
      roles,
      passwordHash: await this.passwords.hash(password),
      createdAt: this.clock.now(),
    };
    try {
      await this.data.accounts.create(account);
    } catch (error) {
      if (!(error instanceof AlreadyExists)) throw error;
      throw new AppError('conflict', `the username ${username} is taken`, {
        errors: [{ path: '/username', message: 'taken' }],
      });
    }
    return account;
  }

  async login(username: string, password: string): Promise<SessionView> {
    const account = await this.data.accounts.byUsernameKey(usernameKey(username));
    if (!(await this.passwords.matches(account?.passwordHash, password)) || !account) {
      throw new AppError('bad_credentials', 'wrong username or password');
    }
    return this.signIn(account);
  }

  async refresh(token: string): Promise<SessionView> {
    const next = randomBytes(32).toString('base64url');
    const rotation = await this.sessions.rotateRefresh(digest(token), {
      hash: digest(next),
      expiresAt: this.clock.now() + refreshMs,
    });
    if (rotation.outcome === 'reused') {
      throw new AppError(
        'refresh_reused',
        'this refresh token was used before: all of its sign-in are revoked; sign in again',
      );
    }
    const account =
      rotation.outcome === 'rotated' ? await this.data.accounts.byId(rotation.user) : null;
    if (!account)
      throw new AppError(
        'bad_token',
        'the refresh token is unknown, expired or revoked; sign in again',
      );
    return this.session(account, next);
  }

  async logout(token: string): Promise<void> {
    await this.sessions.revokeRefresh(digest(token));
  }

  private async signIn(account: AccountRecord): Promise<SessionView> {
    const token = randomBytes(32).toString('base64url');
    await this.sessions.issueRefresh({
      hash: digest(token),
      family: newId(),
      user: account.id,
      expiresAt: this.clock.now() + refreshMs,
    });
    return this.session(account, token);
  }

  private async session(account: AccountRecord, refreshToken: string): Promise<SessionView> {
    const now = Math.floor(this.clock.now() / 1000);
    const jwt = new SignJWT({ name: account.name, roles: account.roles })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(account.id)
      .setIssuedAt(now)
      .setExpirationTime(now + accessSeconds);
    if (this.env.AUTH_ISSUER) jwt.setIssuer(this.env.AUTH_ISSUER);
    if (this.env.AUTH_AUDIENCE) jwt.setAudience(this.env.AUTH_AUDIENCE);
    const accessToken = await jwt.sign(new TextEncoder().encode(this.env.AUTH_SECRET));
    return { user: userView(account), accessToken, refreshToken, expiresIn: accessSeconds };
  }
}
