import type { Appended, NewEvent } from './records.js';

/** One caller's append, waiting for the commit that carries it. */
export interface PendingAppend {
  room: string;
  events: readonly NewEvent[];
  resolve(results: Appended[]): void;
  reject(error: Error): void;
}

/**
 * Natural batching: what arrives while a commit is in flight makes the next one; there is no timer.
 * An idle queue commits at the end of the event loop's turn, so that one turn's appends share it.
 *
 * `commit` settles every append it is given and never throws; `maxEvents` bounds one commit.
 */
export class GroupCommit {
  private queue: PendingAppend[] = [];
  private running = false;
  private idle: (() => void)[] = [];

  constructor(
    private readonly commit: (batch: readonly PendingAppend[]) => Promise<void> | void,
    private readonly maxEvents = 4096,
    private readonly onCommit: (events: number) => void = () => undefined,
  ) {}

  append(room: string, events: readonly NewEvent[]): Promise<Appended[]> {
    return new Promise((resolve, reject) => {
      this.queue.push({ room, events, resolve, reject });
      if (!this.running) {
        this.running = true;
        setImmediate(() => void this.drain());
      }
    });
  }

  /** Resolves when nothing is queued or in flight. */
  settled(): Promise<void> {
    return this.running ? new Promise((resolve) => this.idle.push(resolve)) : Promise.resolve();
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) {
      await this.commit(this.take());
    }
    this.running = false;
    for (const wake of this.idle.splice(0)) wake();
  }

  private take(): PendingAppend[] {
    let events = 0;
    let end = 0;
    while (end < this.queue.length && (end === 0 || events < this.maxEvents)) {
      events += this.queue[end]?.events.length ?? 0;
      end += 1;
    }
    this.onCommit(events);
    return this.queue.splice(0, end);
  }
}
