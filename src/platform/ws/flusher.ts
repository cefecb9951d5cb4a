/** Something with output waiting for the end of the event loop's turn. */
export interface Flushable {
  flush(): void;
}

/**
 * Under load a flush begins so long after the last one ended, ms: more leaves in each write. From its
 * end, because what a thousand writes provoke is read only after them. The first after a pause is not
 * held up.
 */
const windowMs = 5;

/**
 * Collects what one turn of the event loop produces, so that it leaves as one buffer and one write
 * per socket. Sources (rooms) come before sinks (connections): a room hands its shared frame to its
 * connections, then each connection writes once.
 */
export class Flusher {
  private sources: Flushable[] = [];
  private sinks: Flushable[] = [];
  private scheduled = false;
  private flushedAt = 0;

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
    const wait = this.flushedAt + windowMs - performance.now();
    if (wait <= 0) setImmediate(() => this.run());
    else setTimeout(() => this.run(), Math.ceil(wait));
  }

  private run(): void {
    const sources = this.sources;
    this.sources = [];
    for (const source of sources) source.flush();
    const sinks = this.sinks;
    this.sinks = [];
    this.scheduled = false;
    for (const sink of sinks) sink.flush();
    this.flushedAt = performance.now();
  }
}
