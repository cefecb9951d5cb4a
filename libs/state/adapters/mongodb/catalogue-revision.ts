import { randomUUID } from 'node:crypto';
import { AlreadyExists, NoSuchRecord, VersionConflict } from '#libs/state';
import type { Handle } from './handle.js';

interface RevisionDocument {
  _id: string;
  number: number;
  /** Changes that were announced and not yet told to be over; each has numbers above `above`. */
  writing: { token: string; at: number; above?: number }[];
  /** The last deletion that is not told any more. */
  forgotten?: number;
}

const _id = 'catalogue revision';

/** A change that was announced so long ago is over, one way or the other; ms. */
const overAfter = 10 * 60_000;

/**
 * The numbers of changes, although a number and what it tells of are in different documents: a change
 * takes its numbers when it is announced, and the announcement is taken back when the change is made.
 * While one stands, every reader gets a revision of its own, so that nothing kept under it is used
 * again, and who follows the changes reads from below its numbers the next time; that holds too where
 * the process dies in between.
 */
export class CatalogueRevision {
  constructor(private readonly handle: Handle) {}

  private get singletons() {
    return this.handle.collection<RevisionDocument>('singletons');
  }

  async current(): Promise<number> {
    const found = await this.singletons.findOne({ _id });
    if (!found) return 0;
    const { number, writing } = found;
    if (writing.length === 0) return number;
    const cutoff = this.handle.now - overAfter;
    if (writing.some(({ at }) => at < cutoff) && this.handle.options.access !== 'read')
      await this.singletons.updateOne(
        { _id },
        { $inc: { number: 1 }, $pull: { writing: { at: { $lt: cutoff } } } },
      );
    return number + Math.random();
  }

  /** `known`: every change up to it can be read, and is read as it will stay. */
  async position(): Promise<{ number: number; known: number; forgotten: number }> {
    const found = await this.singletons.findOne({ _id });
    const { number = 0, writing = [], forgotten = 0 } = found ?? {};
    const known = Math.min(number, ...writing.map(({ above = 0 }) => above));
    return { number, known, forgotten };
  }

  /** `work` with `count` numbers of its own, the first of which it is given, for the courses it changes. */
  async around<T>(work: (first: number) => Promise<T>, count = 1): Promise<T> {
    const token = randomUUID();
    const first = await this.announce(token, count);
    let answer: T;
    try {
      answer = await work(first);
    } catch (error) {
      // A refusal changed nothing. What else went wrong may have: the announcement stands.
      if (isRefusal(error)) await this.over(token);
      throw error;
    }
    await this.over(token);
    return answer;
  }

  async forget(upTo: number): Promise<void> {
    await this.singletons.updateOne({ _id }, { $max: { forgotten: upTo } });
  }

  private async announce(token: string, count: number): Promise<number> {
    // As old as it may be: the numbers taken next are above it.
    const before = await this.singletons.findOne({ _id }, { projection: { number: 1 } });
    const above = before?.number ?? 0;
    const after = await this.singletons.findOneAndUpdate(
      { _id },
      { $inc: { number: count }, $push: { writing: { token, at: this.handle.now, above } } },
      { returnDocument: 'after', projection: { number: 1 } },
    );
    return (after?.number ?? above + count) - count + 1;
  }

  private async over(token: string): Promise<void> {
    await this.singletons.updateOne({ _id }, { $pull: { writing: { token } } });
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof VersionConflict ||
  error instanceof AlreadyExists ||
  error instanceof NoSuchRecord;
