import { Store } from '../store.js';

export type HintHandler = (payload: string) => void;

/**
 * At-most-once *hints* between replicas. A bus may lose, repeat or delay; sequence numbers, head
 * checks and re-reads make delivery right regardless. Correctness never rests on it, latency does.
 */
export abstract class EventBus extends Store {
  private readonly gapHandlers = new Set<() => void>();

  /**
   * Sends `payload` (text, at most 1 MiB) to every current subscriber of `topic`, the sender's own
   * included. Resolves when the bus has taken it. @throws StoreUnavailable
   */
  abstract publish(topic: string, payload: string): Promise<void>;

  /**
   * Resolves once the subscription is in force: what is published after that arrives, barring loss.
   * One publisher's hints on one topic arrive in the order they were published. A handler that
   * throws is logged and does not disturb others. The answer ends this subscription.
   */
  abstract subscribe(topic: string, handler: HintHandler): Promise<() => Promise<void>>;

  /**
   * `handler` is called each time subscriptions are in force again after the way to the bus was lost:
   * what was published meanwhile may be missing. A bus that goes on where it was has nothing to tell.
   * The answer ends it.
   */
  onGap(handler: () => void): () => void {
    this.gapHandlers.add(handler);
    return () => this.gapHandlers.delete(handler);
  }

  /** An adapter's, when it listens again. */
  protected gapEnded(): void {
    for (const handler of this.gapHandlers) handler();
  }
}
