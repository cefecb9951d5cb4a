import { performance } from 'node:perf_hooks';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';

/** How often the main thread says how busy it is, ms. */
const everyMs = 100;
/** A thread that works beside a loop that is busy all the time rests so many times as long as it worked. */
const most = 8;
/** Less work than this is no block: a rest of its own would be shorter than a timer can tell, ms. */
const leastMs = 2;

/** Told by the main thread, while it serves, in thousandths of its time; shared with a thread that makes room for it. */
export class Busyness {
  private readonly shared = new Int32Array(new SharedArrayBuffer(4));
  private timer: NodeJS.Timeout | undefined;
  /** For the other thread. */
  get cell(): Int32Array {
    return this.shared;
  }

  tell(): void {
    let last = performance.eventLoopUtilization();
    this.timer ??= setInterval(() => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, last);
      last = now;
      Atomics.store(this.shared, 0, Math.round(utilization * 1000));
    }, everyMs).unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}

/**
 * Work in the main thread itself rests so many times as long as it worked: while nothing else is done, and at most.
 * Most of a long time was spent waiting for a store: that is no reason to rest for minutes.
 */
const amid = { least: 4, most: 64, longestMs: 1000 };

/** For work in the main thread itself: how long to rest after so much of it, by how busy the thread was since. */
export function restAmid(): (workedMs: number) => number {
  let last = performance.eventLoopUtilization();
  return (workedMs) => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    // What a request waits for grows without bound as a thread has less and less time left.
    const times = Math.min(amid.most, amid.least / (1 - utilization) ** 2);
    return Math.min(amid.longestMs, workedMs * times);
  };
}

/**
 * In the other thread, between two blocks of its work: rests in proportion to what it worked since and to how busy
 * the main thread is. Two threads of one core slow each other down, whatever their priorities.
 */
export function restBeside(busyness: Int32Array): () => Promise<void> {
  let rested = performance.now();
  return async () => {
    const worked = performance.now() - rested;
    if (worked < leastMs) return;
    const rest = (worked * most * Atomics.load(busyness, 0)) / 1000;
    await (rest < 1 ? turn() : sleep(rest));
    rested = performance.now();
  };
}
