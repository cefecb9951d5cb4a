/** Something with output waiting for the end of the event loop's turn. */
export interface Flushable {
  flush(): void;
}

/** Something of whose output a part is for one client alone, who waits for it. */
export interface Answering extends Flushable {
  flushReplies(): void;
}

/**
 * Under load a flush begins so many times its predecessor's duration after that has ended, so that
 * more leaves in each write: a ninth of the time at most goes into flushing. From its end, because
 * what a thousand writes provoke is read only after them.
 */
const pauses = 8;
/** However long the last flush took, ms. */
const longestMs = 5;
/** Below this a timer is coarser than the pause, ms. */
const shortestMs = 0.5;
/** A flush of no more events than this is no sign of load: the next need not wait. */
const few = 2;

/**
 * Collects what one turn of the event loop produces, so that it leaves as one buffer and one write
 * per socket. Sources (rooms) come before sinks (connections): a room hands its shared frame to its
 * connections, then each connection writes once.
 */
export class Flusher {
  private sources: Flushable[] = [];
  private sinks: Flushable[] = [];
  private scheduled = false;
  /** What has replies, while a flush is put off. */
  private answering: Answering[] | undefined;
  /** The earliest start of the next flush, on performance.now(). */
  private notBefore = 0;
  /** Events that wait for the next flush, of all sources. */
  private events = 0;

  source(item: Flushable): void {
    this.sources.push(item);
    this.more();
    this.schedule();
  }

  /** A source that waits already has another event. */
  more(): void {
    this.events += 1;
  }

  sink(item: Flushable): void {
    this.sinks.push(item);
    this.schedule();
  }

  /**
   * Of a sink that has replies now: they leave in this turn, whatever is put off. Who has an answer asks the next
   * thing, and that is under way while this flushes.
   */
  answer(item: Answering): void {
    if (this.answering?.push(item) === 1) setImmediate(() => this.runAnswers());
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    const wait = this.notBefore - performance.now();
    if (wait < shortestMs) setImmediate(() => this.run());
    else {
      this.answering = [];
      setTimeout(() => this.run(), Math.round(wait));
    }
  }

  private runAnswers(): void {
    const { answering } = this;
    if (!answering) return;
    this.answering = [];
    for (const item of answering) item.flushReplies();
  }

  private run(): void {
    const began = performance.now();
    const { events } = this;
    this.events = 0;
    this.answering = undefined;
    const sources = this.sources;
    this.sources = [];
    for (const source of sources) source.flush();
    const sinks = this.sinks;
    this.sinks = [];
    this.scheduled = false;
    for (const sink of sinks) sink.flush();
    const ended = performance.now();
    this.notBefore = events > few ? ended + Math.min(longestMs, pauses * (ended - began)) : 0;
  }
}
