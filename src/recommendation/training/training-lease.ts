import { type Clock, newId } from '#libs/kernel';
import type { DataStore, Lease } from '#libs/state';

export const leaseName = 'recommendation-trainer';
/** A trainer that is silent for so long has lost its place, ms. */
export const defaultLeaseMs = 30_000;

/** The lease is another's by now, or nobody can tell. */
export class LeaseLost extends Error {}

/** The right to train, for as long as it is renewed. `signal` aborts when it cannot be any more. */
export class TrainingLease {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private expiresAt: number;

  private constructor(
    private readonly data: Pick<DataStore, 'leases' | 'models'>,
    private readonly clock: Clock,
    private readonly leaseMs: number,
    private readonly lease: Lease,
  ) {
    this.expiresAt = lease.expiresAt;
    this.timer = setInterval(() => void this.renew(), leaseMs / 3).unref();
  }

  /** Null where another trains, or has shown a higher token. */
  static async acquire(
    data: Pick<DataStore, 'leases' | 'models'>,
    clock: Clock,
    leaseMs: number,
  ): Promise<TrainingLease | null> {
    // A name of its own each time: a training that was cut off does not renew for the next one.
    const lease = await data.leases.acquire(leaseName, newId(), clock.now() + leaseMs);
    if (!lease) return null;
    const held = new TrainingLease(data, clock, leaseMs, lease);
    const highest = await data.models.fence(lease.fencing);
    if (highest === lease.fencing) return held;
    await held.release();
    return null;
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get fencing(): number {
    return this.lease.fencing;
  }

  abort(reason: Error): void {
    this.controller.abort(reason);
  }

  async release(): Promise<void> {
    clearInterval(this.timer);
    await this.data.leases.release(leaseName, this.lease.owner);
  }

  private async renew(): Promise<void> {
    try {
      const { owner, fencing } = this.lease;
      const renewed = await this.data.leases.acquire(
        leaseName,
        owner,
        this.clock.now() + this.leaseMs,
      );
      if (renewed?.fencing === fencing) this.expiresAt = renewed.expiresAt;
      else this.abort(new LeaseLost('another replica trains now'));
    } catch (error) {
      // One that cannot be renewed in time is lost; until then the store may come back.
      if (this.clock.now() >= this.expiresAt)
        this.abort(new LeaseLost('the lease could not be renewed', { cause: error }));
    }
  }
}
