import { QueueFull } from '../errors.js';
import type { Appended, NewEvent } from './records.js';

/** What may wait for the commit in flight: events, and bytes (UTF-16 units) of their bodies. */
export interface QueueBounds {
  events: number;
  bytes: number;
}

const defaultBounds: QueueBounds = { events: 16_384, bytes: 32 * 1024 * 1024 };

/** One caller's append, waiting for the commit that carries it. */
export interface PendingAppend {
  room: string;
  events: readonly NewEvent[];
  resolve(results: Appended[]): void;
  reject(error: Error): void;
}

interface Queued extends PendingAppend {
  bytes: number;
}

/**
 * Natural batching: what arrives while a commit is in flight makes the next one; there is no timer.
 * An idle queue commits at once what comes alone; where the last commit had many calls, it waits for
 * the end of the event loop's turn, so that those of one turn share one again.
 *
 * `commit` settles every append it is given and never throws; `maxEvents` bounds one commit. The
 * queue is bounded: a store that cannot keep up is told of at once, and takes no memory.
 */
export class GroupCommit {
  private queue: Queued[] = [];
  private queuedEvents = 0;
  private queuedBytes = 0;
  private lastCalls = 0;
  private running = false;
  private idle: (() => void)[] = [];

  constructor(
    private readonly commit: (batch: readonly PendingAppend[]) => Promise<void> | void,
    private readonly maxEvents = 4096,
    private readonly onCommit: (events: number) => void = () => undefined,
    private readonly bounds: QueueBounds = defaultBounds,
  ) {}

  /** @throws QueueFull at once, with nothing queued. What alone is above the bounds is taken by an empty queue. */
  append(room: string, events: readonly NewEvent[]): Promise<Appended[]> {
    const bytes = bytesOf(events);
    if (
      this.queue.length > 0 &&
      (this.queuedEvents + events.length > this.bounds.events ||
        this.queuedBytes + bytes > this.bounds.bytes)
    ) {
      throw new QueueFull('too many appends wait for the store');
    }
    this.queuedEvents += events.length;
    this.queuedBytes += bytes;
    return new Promise((resolve, reject) => {
      this.queue.push({ room, events, resolve, reject, bytes });
      if (!this.running) {
        this.running = true;
        const begin = () => void this.drain();
        if (this.lastCalls > 1) setImmediate(begin);
        else process.nextTick(begin);
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
      const next = this.queue[end] as Queued;
      events += next.events.length;
      this.queuedBytes -= next.bytes;
      end += 1;
    }
    this.queuedEvents -= events;
    this.lastCalls = end;
    this.onCommit(events);
    return this.queue.splice(0, end);
  }
}

function bytesOf(events: readonly NewEvent[]): number {
  let bytes = 0;
  for (const { body } of events) bytes += body.length;
  return bytes;
}
