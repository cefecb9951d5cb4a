import { StoreUnavailable } from '#libs/state';

/** Items of one call; more wait for the next. */
const most = 500;

interface Waiting<T> {
  item: T;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Natural batching of what is small and often done: what arrives while `work` is under way makes its
 * next call. Thousands that come back at once cost a store some calls, and one alone waits for nobody.
 */
export class Batches<T> {
  private queue: Waiting<T>[] = [];
  private running: Promise<void> | undefined;

  constructor(private readonly work: (items: T[]) => Promise<void>) {}

  add(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.queue.push({ item, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Resolves when nothing waits or is under way. */
  async settled(): Promise<void> {
    while (this.running) await this.running;
  }

  private async run(): Promise<void> {
    // What one turn of the event loop adds shares a call.
    await new Promise(setImmediate);
    while (this.queue.length > 0) await this.call(this.queue.splice(0, most));
    this.running = undefined;
  }

  private async call(batch: readonly Waiting<T>[]): Promise<void> {
    try {
      await this.work(batch.map(({ item }) => item));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      // Only what the store does not take fails, not what happened to share its call.
      if (batch.length > 1 && !(error instanceof StoreUnavailable))
        for (const one of batch) await this.call([one]);
      else for (const { reject } of batch) reject(error);
    }
  }
}
