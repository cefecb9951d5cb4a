import { type Claim, Idempotency, type Lease, Leases } from '#libs/state';
import { isDuplicateKey } from './errors.js';
import type { Handle } from './handle.js';

interface LeaseDocument extends Omit<Lease, 'name'> {
  _id: string;
}

export class MongoLeases extends Leases {
  /** Of two calls of one process the first is the first at the server too. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly handle: Handle) {
    super();
  }

  private get leases() {
    return this.handle.collection<LeaseDocument>('leases');
  }

  /** Compares and swaps the whole lease: of two that take it at once one finds it changed. */
  async acquire(name: string, owner: string, expiresAt: number): Promise<Lease | null> {
    return this.handle.write(() => {
      const taking = this.turn.then(() => this.take(name, owner, expiresAt));
      this.turn = taking.catch(() => undefined);
      return taking;
    });
  }

  async release(name: string, owner: string): Promise<void> {
    await this.handle.write(() =>
      this.leases.updateOne({ _id: name, owner }, { $set: { expiresAt: 0 } }),
    );
  }

  private async take(name: string, owner: string, expiresAt: number): Promise<Lease | null> {
    for (;;) {
      const before = await this.leases.findOne({ _id: name }, { readConcern: 'local' });
      const held = before !== null && before.expiresAt > this.handle.now;
      if (held && before.owner !== owner) return null;
      const fencing = (before?.fencing ?? 0) + (held ? 0 : 1);
      if (await this.swap(name, before, { owner, expiresAt, fencing }))
        return { name, owner, expiresAt, fencing };
    }
  }

  private async swap(
    name: string,
    before: LeaseDocument | null,
    next: Omit<LeaseDocument, '_id'>,
  ): Promise<boolean> {
    if (before) {
      const { matchedCount } = await this.leases.updateOne({ ...before }, { $set: next });
      return matchedCount > 0;
    }
    try {
      await this.leases.insertOne({ _id: name, ...next });
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }
}

interface ClaimDocument {
  _id: string;
  fingerprint: string;
  response?: string;
  expiresAt: number;
}

export class MongoIdempotency extends Idempotency {
  constructor(private readonly handle: Handle) {
    super();
  }

  private get records() {
    return this.handle.collection<ClaimDocument>('idempotency');
  }

  async claim(key: string, fingerprint: string, expiresAt: number): Promise<Claim> {
    return this.handle.write(async () => {
      await this.records.deleteMany({ expiresAt: { $lte: this.handle.now } });
      for (;;) {
        try {
          await this.records.insertOne({ _id: key, fingerprint, expiresAt });
          return { state: 'claimed' };
        } catch (error) {
          if (!isDuplicateKey(error)) throw error;
        }
        const before = await this.records.findOne(
          { _id: key, expiresAt: { $gt: this.handle.now } },
          { readConcern: 'local' },
        );
        if (!before) {
          // Abandoned meanwhile, or past its deadline by now.
          await this.records.deleteOne({ _id: key, expiresAt: { $lte: this.handle.now } });
          continue;
        }
        const { fingerprint: first, response } = before;
        return response === undefined
          ? { state: 'pending', fingerprint: first }
          : { state: 'done', fingerprint: first, response };
      }
    });
  }

  async complete(key: string, response: string, expiresAt: number): Promise<void> {
    await this.handle.write(() =>
      this.records.updateOne({ _id: key }, { $set: { response, expiresAt } }),
    );
  }

  async abandon(key: string): Promise<void> {
    await this.handle.write(() => this.records.deleteOne({ _id: key }));
  }
}
