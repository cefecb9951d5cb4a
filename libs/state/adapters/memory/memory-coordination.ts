import { type Claim, Idempotency, type Lease, Leases } from '#libs/state';
import type { Gate } from './base.js';

export class MemoryLeases extends Leases {
  private readonly leases = new Map<string, Lease>();

  constructor(private readonly gate: Gate) {
    super();
  }

  async acquire(name: string, owner: string, expiresAt: number): Promise<Lease | null> {
    this.gate.check();
    const before = this.leases.get(name);
    const held = before !== undefined && before.expiresAt > this.gate.options.clock.now();
    if (held && before.owner !== owner) return null;
    const lease = { name, owner, expiresAt, fencing: (before?.fencing ?? 0) + (held ? 0 : 1) };
    this.leases.set(name, lease);
    return { ...lease };
  }

  async release(name: string, owner: string): Promise<void> {
    this.gate.check();
    const lease = this.leases.get(name);
    if (lease?.owner === owner) lease.expiresAt = 0;
  }
}

export class MemoryIdempotency extends Idempotency {
  private readonly records = new Map<
    string,
    { fingerprint: string; response?: string; expiresAt: number }
  >();

  constructor(private readonly gate: Gate) {
    super();
  }

  async claim(key: string, fingerprint: string, expiresAt: number): Promise<Claim> {
    this.gate.check();
    const now = this.gate.options.clock.now();
    const before = this.records.get(key);
    if (before && before.expiresAt > now) {
      const { fingerprint: first, response } = before;
      return response === undefined
        ? { state: 'pending', fingerprint: first }
        : { state: 'done', fingerprint: first, response };
    }
    for (const [other, record] of this.records)
      if (record.expiresAt <= now) this.records.delete(other);
    this.records.set(key, { fingerprint, expiresAt });
    return { state: 'claimed' };
  }

  async complete(key: string, response: string, expiresAt: number): Promise<void> {
    this.gate.check();
    const record = this.records.get(key);
    if (record) Object.assign(record, { response, expiresAt });
  }

  async abandon(key: string): Promise<void> {
    this.gate.check();
    this.records.delete(key);
  }
}
