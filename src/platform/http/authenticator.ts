import type { Caller } from './caller.js';

/** Turns a bearer token into its caller; the identity module knows how. */
export abstract class Authenticator {
  /** @throws AppError bad_token or token_expired */
  abstract authenticate(token: string): Promise<Caller>;
}
