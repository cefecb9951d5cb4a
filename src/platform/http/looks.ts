import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Looks at something that others change, one look at a time. Each answer comes of a look that began
 * after the question; those who ask while one is under way share the next.
 */
export class Looks<T> {
  private current: Promise<unknown> = Promise.resolve();
  private next: Promise<T> | undefined;
  private began = -Infinity;

  /** @param apartMs between the beginnings of two looks: who asks in rapid succession shares them */
  constructor(
    private readonly look: () => Promise<T>,
    private readonly apartMs = 0,
  ) {}

  ask(): Promise<T> {
    this.next ??= this.turn();
    return this.next;
  }

  private async turn(): Promise<T> {
    await this.current;
    const wait = this.began + this.apartMs - performance.now();
    if (wait > 0) await sleep(wait);
    this.next = undefined;
    this.began = performance.now();
    const looking = this.look();
    this.current = looking.catch(() => undefined);
    return looking;
  }
}
