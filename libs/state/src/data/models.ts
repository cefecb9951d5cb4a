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

/** Immutable blobs by their hash, and one pointer to the active one. */
export abstract class Models {
  /** Stores the blob under its own hash. Idempotent. */
  abstract put(blob: Uint8Array, meta: string, at: Millis): Promise<ModelInfo>;
  /** @throws CorruptRecord where the blob does not have its hash any more. */
  abstract get(sha256: string): Promise<Uint8Array | null>;
  abstract active(): Promise<ModelInfo | null>;
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
