import type { Millis } from '#libs/kernel';

export type Claim =
  /** This caller is the first: it does the work, then completes or abandons. */
  | { state: 'claimed' }
  /** Another request with this key is running. */
  | { state: 'pending'; fingerprint: string }
  | { state: 'done'; fingerprint: string; response: string };

/** Answers kept under a caller's Idempotency-Key until their deadline. */
export abstract class Idempotency {
  /** Atomic: of n concurrent claims of one key one is `claimed`. An expired record counts as absent. */
  abstract claim(key: string, fingerprint: string, expiresAt: Millis): Promise<Claim>;
  abstract complete(key: string, response: string, expiresAt: Millis): Promise<void>;
  /** The work failed without effect: the key may be used again. */
  abstract abandon(key: string): Promise<void>;
}
