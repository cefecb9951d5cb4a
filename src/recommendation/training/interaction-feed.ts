import { setTimeout as pause } from 'node:timers/promises';
import type { DataStore, Interaction } from '#libs/state';
import { evidenceOf } from '../domain/evidence.js';

/** Rows read in one turn of the event loop: about a millisecond. */
const pageSize = 250;
/**
 * An id begins with its maker's clock, but a row can be read only once it is committed: reading starts
 * so far before the newest id that was read, ms. That covers clocks of replicas that differ and writes
 * under way, both together; what is later still is found by its number, see `catchUp`.
 */
const overlapMs = 120_000;

/** What a training is made of; columns of equal length. */
export interface TrainingRows {
  users: string[];
  courses: string[];
  weights: Float32Array;
  times: Float64Array;
}

/** Who holds the rows that were read before; forgets them when it dies. */
export interface RowSink {
  add(rows: TrainingRows): void;
  clear(): void;
}

export interface FeedReport {
  /** Interactions read so far, those that say nothing included. */
  total: number;
  /** The newest of them, by id. */
  last: string;
}

/** Reads interactions that were not read before, a little at a time. */
export class InteractionFeed {
  private readonly recent = new Set<string>();
  private last = '';
  private total = 0;
  /** Size of `recent` at which what is too old is taken out. */
  private pruneAt = 10_000;

  /** @param rest how long to rest after so much reading, ms */
  constructor(
    private readonly data: Pick<DataStore, 'interactions'>,
    private readonly sink: RowSink,
    private readonly rest: (workedMs: number) => number,
  ) {}

  /**
   * Brings the sink up to date. Nothing that was stored before the call is missed: where fewer rows
   * are known afterwards than the store had before, some were committed later than the overlap covers,
   * or the store is another one, and everything is read again.
   * @param onProgress rows read and rows there are
   */
  async catchUp(
    signal: AbortSignal,
    onProgress: (read: number, of: number) => void = () => undefined,
  ): Promise<FeedReport> {
    const there = await this.data.interactions.count();
    const progress = () => onProgress(this.total, Math.max(there, this.total));
    if (this.total > there) this.reset();
    await this.readOn(signal, progress);
    if (this.total < there) {
      this.reset();
      await this.readOn(signal, progress);
    }
    return { total: this.total, last: this.last };
  }

  /** The sink has lost what it had. */
  reset(): void {
    this.recent.clear();
    this.last = '';
    this.total = 0;
    this.sink.clear();
  }

  private async readOn(signal: AbortSignal, progress: () => void): Promise<void> {
    let after = before(this.last, overlapMs);
    for (;;) {
      signal.throwIfAborted();
      const started = performance.now();
      const page = await this.data.interactions.scan({ limit: pageSize, after });
      const fresh = page.filter(({ id }) => !this.recent.has(id));
      if (fresh.length > 0) this.take(fresh);
      progress();
      after = page.at(-1)?.id ?? after;
      if (page.length < pageSize) return;
      await pause(this.rest(performance.now() - started), undefined, { signal });
    }
  }

  private take(fresh: readonly Interaction[]): void {
    this.total += fresh.length;
    const newest = fresh.at(-1)?.id ?? '';
    if (newest > this.last) this.last = newest;
    const horizon = before(this.last, overlapMs);
    for (const { id } of fresh) if (id > horizon) this.recent.add(id);
    if (this.recent.size >= this.pruneAt) {
      for (const id of this.recent) if (id <= horizon) this.recent.delete(id);
      this.pruneAt = Math.max(10_000, 2 * this.recent.size);
    }
    const telling = fresh.filter((event) => evidenceOf(event) > 0 && Number.isFinite(event.at));
    this.sink.add({
      users: telling.map(({ user }) => user),
      courses: telling.map(({ courseId }) => courseId),
      weights: Float32Array.from(telling, evidenceOf),
      times: Float64Array.from(telling, ({ at }) => at),
    });
  }
}

/** The smallest id of the time `ms` before that of a UUIDv7; everything for what is no such id. */
function before(id: string, ms: number): string {
  const digits = /^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(id) ? id.slice(0, 8) + id.slice(9, 13) : '';
  if (digits === '') return '';
  const from = Math.max(0, parseInt(digits, 16) - ms);
  const text = from.toString(16).padStart(12, '0');
  return `${text.slice(0, 8)}-${text.slice(8)}`;
}
