import {
  type CourseRecord,
  deletionsKeptMs,
  type EnrolmentRecord,
  NoSuchRecord,
  type RatingRecord,
} from '#libs/state';
import type { Gate } from './base.js';

export const pairKey = (user: string, courseId: string): string => `${user}\n${courseId}`;

/** What the catalogue and its learners share: a course's statistics change with its learners. */
export class MemoryCatalogue {
  readonly courses = new Map<string, CourseRecord>();
  readonly bySlug = new Map<string, string>();
  readonly documents = new Map<string, { revision: number; document: Uint8Array }>();
  readonly enrolments = new Map<string, EnrolmentRecord>();
  readonly ratings = new Map<string, RatingRecord>();
  revision = 0;
  /** Ids in the order of their changes; one that changed again stands where it did so last, too. */
  private log: { id: string; revision: number }[] = [];
  /** Of each course its last change. */
  private readonly last = new Map<string, number>();
  private readonly deletions = new Map<string, { revision: number; at: number }>();
  /** The last deletion that is not told any more. */
  forgotten = 0;

  constructor(private readonly gate: Gate) {}

  existing(id: string): CourseRecord {
    this.gate.check();
    const course = this.courses.get(id);
    if (!course) throw new NoSuchRecord(`course ${id}`);
    return course;
  }

  changed(id: string): void {
    this.revision += 1;
    this.log.push({ id, revision: this.revision });
    this.last.set(id, this.revision);
    this.deletions.delete(id);
    if (this.log.length > 2 * this.last.size + 100)
      this.log = this.log.filter((change) => this.isLast(change));
  }

  deleted(id: string): void {
    this.changed(id);
    const at = this.gate.options.clock.now();
    for (const [old, deletion] of this.deletions) {
      if (deletion.at >= at - deletionsKeptMs) continue;
      this.deletions.delete(old);
      this.last.delete(old);
      this.forgotten = Math.max(this.forgotten, deletion.revision);
    }
    this.deletions.set(id, { revision: this.revision, at });
  }

  /** The last changes of courses after a revision, ascending. */
  changesAfter(after: number, limit: number): { id: string; revision: number }[] {
    let [from, to] = [0, this.log.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.log[middle]?.revision ?? 0) > after) to = middle;
      else from = middle + 1;
    }
    const found: { id: string; revision: number }[] = [];
    for (let at = from; at < this.log.length && found.length < limit; at += 1) {
      const change = this.log[at];
      if (change && this.isLast(change)) found.push(change);
    }
    return found;
  }

  private isLast({ id, revision }: { id: string; revision: number }): boolean {
    return this.last.get(id) === revision;
  }
}
