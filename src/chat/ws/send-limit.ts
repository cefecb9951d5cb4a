import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#libs/kernel';
import { ENV, type Env } from '../../env.js';
import type { Connection } from '../../platform/ws/index.js';

/** Messages one connection may send at once, and how many a second it regains. */
const burst = 300;
const perSecond = 30;

/** A token bucket per connection: it guards this process, so it needs no shared counter. */
@Injectable()
export class SendLimit {
  private readonly buckets = new WeakMap<Connection, { tokens: number; at: number }>();
  private readonly on: boolean;

  constructor(@Inject(ENV) env: Env) {
    this.on = env.RATE_LIMIT === 'on';
  }

  /** @throws AppError rate_limited */
  take(connection: Connection, now: number): void {
    if (!this.on) return;
    const bucket = this.buckets.get(connection) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    this.buckets.set(connection, bucket);
    if (bucket.tokens < 1) {
      throw new AppError(
        'rate_limited',
        `at most ${perSecond} messages a second, ${burst} at once`,
        { retryAfter: 1 },
      );
    }
    bucket.tokens -= 1;
  }
}
