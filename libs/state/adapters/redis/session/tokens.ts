import type { Millis } from '#libs/kernel';
import type { RefreshToken, Rotation } from '#libs/state';
import { tagged } from '../keys.js';
import type { RedisLink } from '../link.js';
import { Script } from '../script.js';
import { bucketOf } from './buckets.js';
import { hitLua, keepTokenLua, revokeLua, rotateLua } from './tokens.lua.js';

const keepScript = new Script<number>(keepTokenLua);
const rotateScript = new Script<[outcome: Rotation['outcome'], user: string]>(rotateLua);
const revokeScript = new Script<number>(revokeLua);
const hitScript = new Script<[count: number, resetAt: string]>(hitLua);

/** How much later than the store's clock says the server may collect something, ms: clocks differ. */
const slack = 3_600_000;

/** Refresh tokens by family, and counters. */
export class Tokens {
  constructor(private readonly link: RedisLink) {}

  familyKey(bucket: number): string {
    return `${this.link.url.prefix}:f:{b${bucket}}`;
  }

  async keep(token: RefreshToken, spent: boolean): Promise<void> {
    const { hash, family, user, expiresAt } = token;
    const { now } = this.link;
    await this.point(hash, family, expiresAt);
    await this.link.run(keepScript, this.keyOf(family), [
      family,
      now,
      user,
      hash,
      spent ? 1 : 0,
      expiresAt,
      this.ttl(expiresAt),
    ]);
  }

  /** `next` is findable before it exists; without its family's word it is unknown. */
  async rotate(hash: string, next: Pick<RefreshToken, 'hash' | 'expiresAt'>): Promise<Rotation> {
    const family = await this.familyOf(hash);
    if (family === null) return { outcome: 'unknown' };
    await this.point(next.hash, family, next.expiresAt);
    const [outcome, user] = await this.link.run(rotateScript, this.keyOf(family), [
      family,
      this.link.now,
      hash,
      next.hash,
      next.expiresAt,
      this.ttl(next.expiresAt),
    ]);
    return outcome === 'unknown' ? { outcome } : { outcome, user };
  }

  async revoke(hash: string): Promise<void> {
    const family = await this.familyOf(hash);
    if (family !== null) await this.link.run(revokeScript, this.keyOf(family), [family, hash]);
  }

  /** A family's tokens, those past their deadline aside. */
  async of(family: string): Promise<{ token: RefreshToken; spent: boolean }[]> {
    const fields = await this.link.client.hgetall(`${this.keyOf(family)}:${family}`);
    const { user = '' } = fields;
    return Object.entries(fields).flatMap(([field, value]) => {
      const expiresAt = Number(value.slice(1));
      if (field === 'user' || expiresAt <= this.link.now) return [];
      const token = { hash: field.slice(1), family, user, expiresAt };
      return [{ token, spent: value.startsWith('1') }];
    });
  }

  async hit(
    key: string,
    by: number,
    windowMs: Millis,
  ): Promise<{ count: number; resetAt: Millis }> {
    const args = [by, windowMs, this.link.now, slack];
    const [count, resetAt] = await this.link.run(
      hitScript,
      `${this.link.url.prefix}:c:${tagged(key)}`,
      args,
    );
    return { count, resetAt: Number(resetAt) };
  }

  private keyOf(family: string): string {
    return this.familyKey(bucketOf(family));
  }

  private pointer(hash: string): string {
    return `${this.link.url.prefix}:t:${tagged(hash)}`;
  }

  private familyOf(hash: string): Promise<string | null> {
    return this.link.client.get(this.pointer(hash));
  }

  private async point(hash: string, family: string, expiresAt: Millis): Promise<void> {
    await this.link.client.set(this.pointer(hash), family, 'PX', this.ttl(expiresAt));
  }

  private ttl(expiresAt: Millis): number {
    return Math.max(expiresAt - this.link.now, 0) + slack;
  }
}
