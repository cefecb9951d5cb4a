import { StateError, StoreUnavailable } from '#libs/state';
import type { Hint } from './hint-notes.js';

/** Characters of hints in one statement; one hint may be larger. */
const charactersAtOnce = 1024 * 1024;

interface Pending {
  hint: Hint;
  resolve: () => void;
  reject: (error: Error) => void;
}

/** One statement at a time, with all that came meanwhile: few round trips, and hints keep their order. */
export class NotifyQueue {
  private waiting: Pending[] = [];
  private sending: Promise<void> | undefined;

  constructor(private readonly notify: (hints: readonly Hint[]) => Promise<unknown>) {}

  send(hint: Hint): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ hint, resolve, reject });
      this.sending ??= this.drain();
    });
  }

  /** Resolves when nothing is waiting or on its way. */
  async settled(): Promise<void> {
    await this.sending;
  }

  private async drain(): Promise<void> {
    await Promise.resolve(); // all of one turn go together
    while (this.waiting.length > 0) {
      const some = this.take();
      try {
        await this.notify(some.map(({ hint }) => hint));
        for (const pending of some) pending.resolve();
      } catch (error) {
        const own = error instanceof StateError;
        const failure = own ? error : new StoreUnavailable('the hint was not published', error);
        for (const pending of some) pending.reject(failure);
      }
    }
    this.sending = undefined;
  }

  private take(): Pending[] {
    let characters = 0;
    let end = 0;
    while (end < this.waiting.length && (end === 0 || characters < charactersAtOnce)) {
      characters += this.waiting[end]?.hint.payload.length ?? 0;
      end += 1;
    }
    return this.waiting.splice(0, end);
  }
}
