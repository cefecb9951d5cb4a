import {
  type CourseStats,
  type EnrolmentRecord,
  Learning,
  NoSuchRecord,
  type RatingRecord,
} from '#libs/state';
import { insertMissing } from './bulk.js';
import type { CatalogueRevision } from './catalogue-revision.js';
import type { CourseDocument } from './course-documents.js';
import type { CourseStatistics } from './course-statistics.js';
import type { Handle } from './handle.js';
import { upsert } from './mongo-rooms.js';

interface EnrolmentDocument extends EnrolmentRecord {
  _id: string;
  /** The course's own name: an enrolment in an earlier course of the same id is none. */
  course: string;
}

interface RatingDocument extends RatingRecord {
  _id: string;
  course: string;
}

const pairId = (course: string, user: string): string => `${course}\n${user}`;

const enrolmentOf = ({
  user,
  courseId,
  enrolledAt,
  completedLessons,
}: EnrolmentDocument): EnrolmentRecord => ({ user, courseId, enrolledAt, completedLessons });

type Counted = { course: string; courseId: string; by: Partial<CourseStats> };

/** How the counts stay true without a transaction stands with CourseStatistics. */
export class MongoLearning extends Learning {
  constructor(
    private readonly handle: Handle,
    private readonly statistics: CourseStatistics,
    private readonly catalogue: CatalogueRevision,
  ) {
    super();
  }

  private get enrolments() {
    return this.handle.collection<EnrolmentDocument>('enrolments');
  }

  private get ratings() {
    return this.handle.collection<RatingDocument>('ratings');
  }

  async enrol(
    user: string,
    courseId: string,
    at: number,
  ): Promise<{ enrolment: EnrolmentRecord; created: boolean }> {
    return this.handle.write(async () => {
      const before = await this.find(user, courseId);
      if (before) return { enrolment: before, created: false };
      const enrolment = { user, courseId, enrolledAt: at, completedLessons: [] };
      const created = await this.counted(courseId, async (course) => {
        const document = { _id: pairId(course, user), course, ...enrolment };
        const made = await insertMissing(this.enrolments, [document]);
        return { answer: made.length > 0, by: { enrolments: made.length } };
      });
      if (created === null) throw new NoSuchRecord(`course ${courseId}`);
      if (created) return { enrolment, created };
      return { enrolment: (await this.find(user, courseId)) ?? enrolment, created };
    });
  }

  async leave(user: string, courseId: string): Promise<boolean> {
    return this.handle.write(async () => {
      if (!(await this.find(user, courseId))) return false;
      const left = await this.counted(courseId, async (course) => {
        const { deletedCount } = await this.enrolments.deleteOne({ _id: pairId(course, user) });
        return { answer: deletedCount > 0, by: { enrolments: -deletedCount } };
      });
      return left ?? false;
    });
  }

  async enrolment(user: string, courseId: string): Promise<EnrolmentRecord | null> {
    return this.handle.read(() => this.find(user, courseId));
  }

  async enrolmentsOf(
    user: string,
    { limit, after }: { limit: number; after?: { enrolledAt: number; courseId: string } },
  ): Promise<EnrolmentRecord[]> {
    return this.handle.read(async () => {
      const found: EnrolmentRecord[] = [];
      for (let from = after; ;) {
        const beyond = from && {
          $or: [
            { enrolledAt: { $lt: from.enrolledAt } },
            { enrolledAt: from.enrolledAt, courseId: { $gt: from.courseId } },
          ],
        };
        const own = await this.enrolments
          .find({ user, ...beyond })
          .sort({ enrolledAt: -1, courseId: 1 })
          .limit(limit)
          .toArray();
        const courses = await this.coursesOf(own.map(({ courseId }) => courseId));
        for (const enrolment of own) {
          if (found.length < limit && courses.get(enrolment.courseId) === enrolment.course)
            found.push(enrolmentOf(enrolment));
        }
        from = own.at(-1);
        if (found.length === limit || own.length < limit) return found;
      }
    });
  }

  async setLesson(
    user: string,
    courseId: string,
    lessonId: string,
    completed: boolean,
  ): Promise<EnrolmentRecord> {
    return this.handle.write(async () => {
      const course = (await this.coursesOf([courseId])).get(courseId);
      const _id = pairId(course ?? '', user);
      if (completed)
        await this.enrolments.updateOne(
          { _id, completedLessons: { $ne: lessonId } },
          { $push: { completedLessons: lessonId } },
        );
      else await this.enrolments.updateOne({ _id }, { $pull: { completedLessons: lessonId } });
      const changed = await this.enrolments.findOne({ _id });
      if (!changed) throw new NoSuchRecord(`enrolment of ${user} in ${courseId}`);
      return enrolmentOf(changed);
    });
  }

  async rate(rating: RatingRecord): Promise<void> {
    await this.handle.write(async () => {
      const { courseId, user, stars } = rating;
      const done = await this.counted(courseId, async (course) => {
        const _id = pairId(course, user);
        const before = await upsert(() =>
          this.ratings.findOneAndReplace(
            { _id },
            { course, ...rating },
            { upsert: true, returnDocument: 'before' },
          ),
        );
        const by = { ratingCount: before ? 0 : 1, ratingSum: stars - (before?.stars ?? 0) };
        return { answer: true, by };
      });
      if (done === null) throw new NoSuchRecord(`course ${courseId}`);
    });
  }

  async importAll(
    enrolments: readonly EnrolmentRecord[],
    ratings: readonly RatingRecord[],
  ): Promise<void> {
    const ids = [...new Set([...enrolments, ...ratings].map(({ courseId }) => courseId))];
    if (ids.length === 0) return;
    await this.handle.write(() =>
      this.catalogue.around(async (first) => {
        const announced = new Map<string, { token: string; course: string }>();
        for (const [at, id] of ids.entries()) {
          const one = await this.statistics.announce(id, first + at);
          if (one) announced.set(id, one);
        }
        const documents = <T extends EnrolmentRecord | RatingRecord>(records: readonly T[]) =>
          records.flatMap((record) => {
            const course = announced.get(record.courseId)?.course;
            return course === undefined
              ? []
              : [{ ...record, _id: pairId(course, record.user), course }];
          });
        const enrolled = await insertMissing(this.enrolments, documents(enrolments));
        const rated = await insertMissing(this.ratings, documents(ratings));
        for (const [id, { course, token }] of announced) {
          const stars = rated.filter(({ courseId }) => courseId === id);
          await this.finish(
            {
              course,
              courseId: id,
              by: {
                enrolments: enrolled.filter(({ courseId }) => courseId === id).length,
                ratingCount: stars.length,
                ratingSum: stars.reduce((sum, rating) => sum + rating.stars, 0),
              },
            },
            token,
          );
        }
      }, ids.length),
    );
  }

  /** Announces a change of the course, makes it, and counts it. Null where there is no such course. */
  private async counted(
    courseId: string,
    change: (course: string) => Promise<{ answer: boolean; by: Partial<CourseStats> }>,
  ): Promise<boolean | null> {
    return this.catalogue.around(async (revision) => {
      const announced = await this.statistics.announce(courseId, revision);
      if (!announced) return null;
      const { course, token } = announced;
      const { answer, by } = await change(course);
      const there = await this.finish({ course, courseId, by }, token);
      return there ? answer : null;
    });
  }

  /** False where the course was deleted meanwhile: then nothing is to hang on it. */
  private async finish({ course, courseId, by }: Counted, token: string): Promise<boolean> {
    if (await this.statistics.finish(course, courseId, token, by)) return true;
    await this.enrolments.deleteMany({ course });
    await this.ratings.deleteMany({ course });
    return false;
  }

  private async find(user: string, courseId: string): Promise<EnrolmentRecord | null> {
    const [courses, own] = await Promise.all([
      this.coursesOf([courseId]),
      this.enrolments.find({ user, courseId }).toArray(),
    ]);
    const found = own.find(({ course }) => course === courses.get(courseId));
    return found ? enrolmentOf(found) : null;
  }

  /** id → the course's own name */
  private async coursesOf(ids: readonly string[]): Promise<Map<string, string>> {
    const found = await this.handle
      .collection<CourseDocument>('courses')
      .find({ _id: { $in: [...new Set(ids)] } }, { projection: { course: 1 } })
      .toArray();
    return new Map(found.map(({ _id, course }) => [_id, course]));
  }
}
