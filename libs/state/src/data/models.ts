import type { Millis } from '#libs/kernel';

export interface ModelInfo {
  /** SHA-256 of the blob, hex. */
  sha256: string;
  /** Bytes. */
  size: number;
  createdAt: Millis;
  /** Metrics and parameters, JSON text. */
  meta: string;
}

/**
 * Immutable blobs by their hash, and one pointer to the active one. A blob may have hundreds of
 * megabytes: it is read, written and hashed in parts, and others have their turn in between.
 */
export abstract class Models {
  /** Stores the blob, which the caller leaves as it is, under its own hash. Idempotent. */
  abstract put(blob: Uint8Array, meta: string, at: Millis): Promise<ModelInfo>;
  /** The caller leaves it as it is. @throws CorruptRecord where it does not have its hash any more */
  abstract get(sha256: string): Promise<Uint8Array | null>;
  abstract active(): Promise<ModelInfo | null>;
  /**
   * Refuses lower tokens from now on, in activate(): whoever takes a lease over shows its token here
   * first, and its predecessor changes nothing any more, however late it wakes up.
   * @returns the highest token ever shown, this one included; 0 only asks
   */
  abstract fence(fencing: number): Promise<number>;
  /**
   * Compare-and-swap of the pointer from `expected` (null: none) to `next`, only while `fencing` is
   * at least the highest token ever used here. False where either does not hold. @throws NoSuchRecord
   */
  abstract activate(expected: string | null, next: string, fencing: number): Promise<boolean>;
  /** Newest first. */
  abstract list(): Promise<ModelInfo[]>;
  /** Removes a blob that is not active; the active one stays. */
  abstract remove(sha256: string): Promise<void>;
}

export interface Lease {
  name: string;
  owner: string;
  expiresAt: Millis;
  /** Rises with every change of owner, never falls. */
  fencing: number;
}

/** Mutual exclusion with a deadline. Whoever may outlive its deadline shows the fencing token where it writes. */
export abstract class Leases {
  /** Takes a free or expired lease, or renews one's own (same fencing token); null where another holds it. */
  abstract acquire(name: string, owner: string, expiresAt: Millis): Promise<Lease | null>;
  /** Gives it back early; nothing happens where `owner` does not hold it. */
  abstract release(name: string, owner: string): Promise<void>;
}
