import type { TransactionMode } from './queries.js';

/** A driver's connection. Its errors are the driver's. */
export interface PoolConnection {
  all(text: string, params: readonly unknown[]): Promise<unknown[]>;
  /** The rows changed. `prepared`: the server is to keep the statement, where the driver can ask for that. */
  run(text: string, params: readonly unknown[], prepared?: boolean): Promise<number>;
  /** Goes back to the pool. */
  release(): void;
  /** Is closed at once, whatever it is doing, and makes room for another. */
  destroy(): void;
}

/** A driver's pool, which makes connections as they are needed and forgets those that broke. */
export interface ConnectionPool {
  connect(): Promise<PoolConnection>;
  /** How a transaction of each mode begins, statement by statement. */
  readonly begin: Record<TransactionMode, readonly string[]>;
  end(): Promise<void>;
}

/** Waits for a polite end, but not for a server that hangs: after `ms` the connections are cut. */
export async function endWithin(ms: number, end: Promise<void>, cut: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      cut();
      resolve();
    }, ms);
  });
  try {
    await Promise.race([end, patience]);
  } finally {
    clearTimeout(timer);
    end.catch(() => undefined); // reported above where it came first
  }
}
