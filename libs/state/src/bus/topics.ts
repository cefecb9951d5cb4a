import type { Logger } from '#libs/kernel';
import type { HintHandler } from './event-bus.js';

/** Who listens to what in this process: what every bus hands its hints to. */
export class Topics {
  private readonly entries = new Map<string, Set<{ handler: HintHandler }>>();

  constructor(private readonly logger: Logger) {}

  /** Adds a listener. The answer removes it; it gives true where that was the topic's last. */
  add(topic: string, handler: HintHandler): () => boolean {
    const entries = this.entries.get(topic) ?? new Set();
    this.entries.set(topic, entries);
    const entry = { handler };
    entries.add(entry);
    return () => {
      if (!entries.delete(entry) || entries.size > 0 || this.entries.get(topic) !== entries)
        return false;
      return this.entries.delete(topic);
    };
  }

  has(topic: string): boolean {
    return this.entries.has(topic);
  }

  /** A handler that throws is logged and does not disturb others. */
  deliver(topic: string, payload: string): void {
    const entries = this.entries.get(topic);
    if (!entries) return;
    for (const { handler } of [...entries]) {
      try {
        handler(payload);
      } catch (error) {
        this.logger.error({ err: error, topic }, 'a handler of the event bus threw');
      }
    }
  }

  clear(): void {
    this.entries.clear();
  }
}
