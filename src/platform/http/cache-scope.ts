import { Looks } from './looks.js';

/** Under load a look costs more than an answer; who asks less often than this does not wait. */
const apartMs = 2;

/** What cached answers depend on together, e.g. the catalogue. */
export class CacheScope {
  /** Rises whenever an answer made before may not be what it would be now. */
  generation = 0;
  private looks: Looks<void> | undefined;
  private revision: unknown;

  /**
   * For data that other processes write too: `revision` differs after each change that shows, no
   * sooner than the change itself does.
   */
  watch(revision: () => Promise<unknown>): void {
    this.looks = new Looks(async () => {
      const found = await revision();
      if (found !== this.revision) this.generation += 1;
      this.revision = found;
    }, apartMs);
  }

  /**
   * Undefined where the generation is right as it stands; else a look that makes it so. Rejects where
   * nothing can be known of what others wrote: an old answer must not pass for a new one.
   */
  refresh(): Promise<void> | undefined {
    return this.looks?.ask();
  }
}
