/**
 * Looks at something that others change, one look at a time. Each answer comes of a look that began
 * after the question; those who ask while one is under way share the next.
 */
export class Looks<T> {
  private current: Promise<unknown> = Promise.resolve();
  private next: Promise<T> | undefined;

  constructor(private readonly look: () => Promise<T>) {}

  ask(): Promise<T> {
    this.next ??= this.current.then(() => {
      this.next = undefined;
      const looking = this.look();
      this.current = looking.catch(() => undefined);
      return looking;
    });
    return this.next;
  }
}
