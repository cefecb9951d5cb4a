/** Something with output waiting for the end of the event loop's turn. */
export interface Flushable {
  flush(): void;
}

/**
 * Under load a flush begins so many times its predecessor's duration after that has ended, so that
 * more leaves in each write: a third of the time at most goes into flushing, and nobody waits where
 * flushing costs next to nothing. From its end, because what a thousand writes provoke is read only
 * after them.
 */
const pauses = 2;
/** However long the last flush took, ms. */
const longestMs = 5;
/** Below this a timer is coarser than the pause, ms. */
const shortestMs = 0.5;

/**
 * Collects what one turn of the event loop produces, so that it leaves as one buffer and one write
 * per socket. Sources (rooms) come before sinks (connections): a room hands its shared frame to its
 * connections, then each connection writes once.
 */
export class Flusher {
  private sources: Flushable[] = [];
  private sinks: Flushable[] = [];
  private scheduled = false;
  /** The earliest start of the next flush, on performance.now(). */
  private notBefore = 0;

  source(item: Flushable): void {
    this.sources.push(item);
    this.schedule();
  }

  sink(item: Flushable): void {
    this.sinks.push(item);
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    const wait = this.notBefore - performance.now();
    if (wait < shortestMs) setImmediate(() => this.run());
    else setTimeout(() => this.run(), Math.round(wait));
  }

  private run(): void {
    const began = performance.now();
    const sources = this.sources;
    this.sources = [];
    for (const source of sources) source.flush();
    const sinks = this.sinks;
    this.sinks = [];
    this.scheduled = false;
    for (const sink of sinks) sink.flush();
    const ended = performance.now();
    this.notBefore = ended + Math.min(longestMs, pauses * (ended - began));
  }
}
