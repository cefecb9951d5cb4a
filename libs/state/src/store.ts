import type { Clock, Logger } from '#libs/kernel';

/** How much of a machine has to fail before an acknowledged write is lost. */
export type Durability =
  /** Lost with the process. */
  | 'none'
  /** Handed to the operating system: survives the process, not a power cut. */
  | 'os'
  /** On stable storage before it is acknowledged. */
  | 'fsync'
  /** On stable storage of a majority. */
  | 'replicated';

/**
 * What an adapter declares about itself. The contract suite verifies each; traits choose between
 * tests, they never skip one. Boot policy and `/health/ready` read them.
 */
export interface Traits {
  /** Data survive `close()` and a new adapter on the same URL. */
  readonly durable: boolean;
  /** Several processes may open the same URL at once. */
  readonly shared: boolean;
  /** Who removes what has passed its deadline: the store itself, or the adapter when it reads. */
  readonly expiry: 'native' | 'lazy';
  readonly durability: Durability;
}

/** Something about a store that an operator should know, and what to do about it. */
export interface Finding {
  /** `problem`: acknowledged data can be lost, or it will not work. `warning`: it works, less well than it could. */
  level: 'problem' | 'warning' | 'note';
  /** What is so, e.g. "innodb_flush_log_at_trx_commit is 2". */
  what: string;
  /** What to do, e.g. "set it to 1". */
  advice: string;
}

/** What `doctor` tells of a store. */
export interface Inspection {
  /** As the server gives it, e.g. "PostgreSQL 15.18". */
  version: string;
  /** The server's clock minus this machine's, ms; absent where the store has no clock of its own. */
  clockSkewMs?: number;
  /** Migrations that `open` with the access `exclusive` would run; 0 where the store has none. */
  pendingMigrations: number;
  findings: Finding[];
}

/** What every port has besides its own methods. */
export abstract class Store {
  /** The adapter's name as in the URL scheme, e.g. `sqlite`. */
  abstract readonly adapter: string;
  abstract readonly traits: Traits;

  /**
   * Connects and migrates. Idempotent.
   * @throws StoreUnavailable where the store cannot be reached, StoreMisconfigured where it must not be used.
   */
  abstract open(): Promise<void>;
  /** Finishes what is under way and lets go of every handle. Idempotent; later calls throw StoreUnavailable. */
  abstract close(): Promise<void>;
  /** One cheap round trip. @throws StoreUnavailable */
  abstract ping(): Promise<void>;
  /** A thorough look at the server and its settings; for operators, never on a hot path. @throws StoreUnavailable */
  abstract inspect(): Promise<Inspection>;
}

/** How a process opens a store that only one writer may have (sqlite). */
export type Access = 'exclusive' | 'read';

/** What an adapter is made from. */
export interface StoreOptions {
  url: string;
  /** The environment variable that held the URL: errors name it. */
  variable: string;
  clock: Clock;
  logger: Logger;
  /** Default `exclusive`. `read` opens beside a running server, migrates nothing and refuses writes. */
  access?: Access;
  /** Deadline of one call, ms; after it StoreUnavailable. Default 5,000. */
  timeoutMs?: number;
  /** Told of each commit of the history log, with the number of events it carried. */
  onCommit?: (events: number) => void;
}
