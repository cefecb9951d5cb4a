import { type Appended, GroupCommit, type NewEvent, type PendingAppend } from '#libs/state';

/**
 * A queue of appends, committed one batch at a time, each within `timeoutMs` of being made. A commit is
 * given what is left of its oldest call's time; as those behind it were made later, none of them has
 * waited past its own deadline when its turn comes.
 */
export class Lane {
  private readonly queue: GroupCommit;
  private readonly madeAt: number[] = [];

  constructor(
    commit: (batch: readonly PendingAppend[], ms: number) => Promise<void>,
    timeoutMs: number,
    onCommit: ((events: number) => void) | undefined,
  ) {
    this.queue = new GroupCommit(
      (batch) => {
        const [oldest = 0] = this.madeAt.splice(0, batch.length);
        return commit(batch, Math.max(1, oldest + timeoutMs - performance.now()));
      },
      undefined,
      onCommit,
    );
  }

  append(room: string, events: readonly NewEvent[]): Promise<Appended[]> {
    const appended = this.queue.append(room, events);
    // Behind it: what a full queue refuses has no place in it.
    this.madeAt.push(performance.now());
    return appended;
  }

  settled(): Promise<void> {
    return this.queue.settled();
  }
}
