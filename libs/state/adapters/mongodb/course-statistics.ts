import { randomUUID } from 'node:crypto';
import type { CourseStats } from '#libs/state';
import type { CourseDocument } from './course-documents.js';
import type { Handle } from './handle.js';

/** A change that was announced so long ago is not under way any more; ms. */
const overAfter = 60 * 60_000;

const nothing: CourseStats = { enrolments: 0, ratingCount: 0, ratingSum: 0 };

/**
 * Keeps a course's counts true to its enrolments and ratings, which are documents of their own.
 *
 * Whoever adds or removes one first announces it in the course (`changing`), then does it, then adds
 * the difference and takes the announcement back in one write. So a course without announcements has
 * exact counts; one with some may be behind, and a reader counts the documents themselves. Where the
 * process dies in between, the announcement stays and readers go on counting, until it is old and
 * one of them puts the counts right: on condition that no count or announcement changed meanwhile.
 */
export class CourseStatistics {
  constructor(private readonly handle: Handle) {}

  private get courses() {
    return this.handle.collection<CourseDocument>('courses');
  }

  /**
   * Gives the token to finish with and the course's own name; null where there is no such course.
   * The course has the change's number from then on: who follows reads it again until it is over.
   */
  async announce(id: string, revision: number): Promise<{ token: string; course: string } | null> {
    const token = randomUUID();
    const found = await this.courses.findOneAndUpdate(
      { _id: id },
      {
        $push: { changing: { token, at: this.handle.now } },
        $inc: { tick: 1 },
        $max: { revision },
      },
      { returnDocument: 'after', projection: { course: 1 } },
    );
    return found && { token, course: found.course };
  }

  /** False where the course is gone. */
  async finish(
    course: string,
    id: string,
    token: string,
    by: Partial<CourseStats>,
  ): Promise<boolean> {
    const { matchedCount } = await this.courses.updateOne(
      { _id: id, course, 'changing.token': token },
      { $pull: { changing: { token } }, $inc: { ...nothing, ...by, tick: 1 } },
    );
    if (matchedCount > 0) return true;
    // Read as it is on the primary, not as a majority has it.
    const found = await this.courses.findOne(
      { _id: id, course },
      { projection: { revision: 1 }, readConcern: 'local' },
    );
    if (!found) return false;
    // Taken for dead and tidied away: announced anew, so that readers count until it is again.
    await this.announce(id, found.revision);
    return true;
  }

  /** The documents with exact counts. */
  async exact<T extends CourseDocument>(documents: readonly T[]): Promise<T[]> {
    const behind = documents.filter(({ changing }) => changing.length > 0);
    if (behind.length === 0) return [...documents];
    const counted = await this.count(behind.map(({ course }) => course));
    await Promise.all(
      behind.map((found) => this.mend(found, counted.get(found.course) ?? nothing)),
    );
    return documents.map((found) =>
      found.changing.length > 0 ? { ...found, ...(counted.get(found.course) ?? nothing) } : found,
    );
  }

  private async mend(found: CourseDocument, counted: CourseStats): Promise<void> {
    const alive = found.changing.some(({ at }) => at > this.handle.now - overAfter);
    if (alive || this.handle.options.access === 'read') return;
    await this.courses.updateOne(
      { _id: found._id, course: found.course, tick: found.tick },
      { $set: { ...counted, changing: [] }, $inc: { tick: 1 } },
    );
  }

  private async count(courses: string[]): Promise<Map<string, CourseStats>> {
    const inCourses = { $match: { course: { $in: courses } } };
    const [enrolled, rated] = await Promise.all([
      this.handle
        .collection('enrolments')
        .aggregate<{ _id: string; enrolments: number }>([
          inCourses,
          { $group: { _id: '$course', enrolments: { $sum: 1 } } },
        ])
        .toArray(),
      this.handle
        .collection('ratings')
        .aggregate<{ _id: string; ratingCount: number; ratingSum: number }>([
          inCourses,
          { $group: { _id: '$course', ratingCount: { $sum: 1 }, ratingSum: { $sum: '$stars' } } },
        ])
        .toArray(),
    ]);
    const counted = new Map<string, CourseStats>();
    for (const { _id, ...some } of [...enrolled, ...rated])
      counted.set(_id, { ...nothing, ...counted.get(_id), ...some });
    return counted;
  }
}
