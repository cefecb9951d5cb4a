import type { Handle } from './handle.js';
import type { HintDocument } from './hint-feed.js';

/** What one insert carries at most, bytes of payload counted as UTF-16. */
const maxCharacters = 4 * 1024 * 1024;

/** Older hints were heard or lost, ms; in the server's time, as the TTL index has it too. */
const staleAfter = 120_000;

/** How many inserts pass between sweeps, for servers whose TTL index removes nothing. */
const sweepEvery = 500;

interface Pending {
  topic: string;
  payload: string;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * One insert at a time, of one document with all that waits: two inserts under way could overtake each
 * other, and one publisher's hints come in the order they were published.
 */
export class HintSender {
  private queue: Pending[] = [];
  private running = false;
  private sent = 0;

  constructor(private readonly handle: Handle) {}

  send(topic: string, payload: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.queue.push({ topic, payload, resolve, reject });
      if (this.running) return;
      this.running = true;
      setImmediate(() => void this.drain());
    });
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) {
      const some = this.take();
      try {
        await this.insert(some);
        for (const { resolve } of some) resolve();
      } catch (error) {
        for (const { reject } of some) reject(error);
      }
    }
    this.running = false;
  }

  private take(): Pending[] {
    let characters = 0;
    let end = 0;
    while (end < Math.min(this.queue.length, 1000)) {
      characters += this.queue[end]?.payload.length ?? 0;
      if (end > 0 && characters > maxCharacters) break;
      end += 1;
    }
    return this.queue.splice(0, end);
  }

  private async insert(some: readonly Pending[]): Promise<void> {
    const hints = this.handle.collection<HintDocument>('hints');
    const at = new Date();
    await hints.insertOne(
      { hints: some.map(({ topic, payload }) => ({ topic, payload })), at },
      // A lost hint is a lost hint: no need to wait for a majority, whose streams wait by themselves.
      { writeConcern: { w: 1 } },
    );
    this.sent += 1;
    if (this.sent % sweepEvery === 0)
      await hints.deleteMany({ at: { $lt: new Date(at.getTime() - staleAfter) } });
  }
}
