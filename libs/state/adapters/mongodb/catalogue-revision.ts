import { randomUUID } from 'node:crypto';
import { AlreadyExists, NoSuchRecord, VersionConflict } from '#libs/state';
import type { Handle } from './handle.js';

interface RevisionDocument {
  _id: string;
  number: number;
  /** Changes that were announced and not yet told to be over. */
  writing: { token: string; at: number }[];
}

const _id = 'catalogue revision';

/** A change that was announced so long ago is over, one way or the other; ms. */
const overAfter = 10 * 60_000;

/**
 * The number that every visible change raises, although the two are in different documents: a change
 * is announced before it is made and counted after it. While one is announced, every reader gets a
 * revision of its own, so that nothing kept under it is used again; that holds too where the process
 * dies in between.
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

  /** `changed` tells by its answer whether there was anything to see. */
  async around<T>(
    work: () => Promise<T>,
    changed: (answer: T) => boolean = () => true,
  ): Promise<T> {
    const token = randomUUID();
    await this.singletons.updateOne(
      { _id },
      { $push: { writing: { token, at: this.handle.now } } },
    );
    let answer: T;
    try {
      answer = await work();
    } catch (error) {
      // A refusal changed nothing. What else went wrong may have: the announcement stands.
      if (isRefusal(error)) await this.over(token, false);
      throw error;
    }
    await this.over(token, changed(answer));
    return answer;
  }

  private async over(token: string, changed: boolean): Promise<void> {
    await this.singletons.updateOne(
      { _id },
      { $pull: { writing: { token } }, ...(changed && { $inc: { number: 1 } }) },
    );
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof VersionConflict ||
  error instanceof AlreadyExists ||
  error instanceof NoSuchRecord;
