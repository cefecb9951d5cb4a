import { type EnrolmentRecord, Learning, NoSuchRecord, type RatingRecord } from '#libs/state';
import { parseColumn } from '../json.js';
import type { Queries } from '../queries.js';
import type { SqlHandle } from '../sql-handle.js';
import { importEnrolments, importRatings } from './import-learning.js';
import { recordChanges } from './revision.js';

interface Row {
  user_id: string;
  course_id: string;
  enrolled_at: number;
  completed: string;
}

const selected = 'SELECT user_id, course_id, enrolled_at, completed FROM enrolments';

const enrolmentOf = ({ user_id, course_id, enrolled_at, completed }: Row): EnrolmentRecord => ({
  user: user_id,
  courseId: course_id,
  enrolledAt: enrolled_at,
  completedLessons: parseColumn<string[]>(completed, `enrolment of ${user_id} in ${course_id}`),
});

/** Records imported in one transaction. */
const importedAtOnce = 500;

/** Whoever changes a course's learners locks the course first: its counts stay true, nobody deadlocks. */
export class SqlLearning extends Learning {
  constructor(private readonly handle: SqlHandle) {
    super();
  }

  async enrol(
    user: string,
    courseId: string,
    at: number,
  ): Promise<{ enrolment: EnrolmentRecord; created: boolean }> {
    return this.handle.database.transaction(async (queries) => {
      await this.lockCourse(queries, courseId);
      const before = await this.find(queries, user, courseId);
      if (before) return { enrolment: before, created: false };
      await queries.run(
        "INSERT INTO enrolments (user_id, course_id, enrolled_at, completed) VALUES (?, ?, ?, '[]')",
        [user, courseId, at],
      );
      await queries.run('UPDATE courses SET enrolments = enrolments + 1 WHERE id = ?', [courseId]);
      await recordChanges(queries, this.handle.dialect, [courseId]);
      return { enrolment: { user, courseId, enrolledAt: at, completedLessons: [] }, created: true };
    });
  }

  async leave(user: string, courseId: string): Promise<boolean> {
    return this.handle.database.transaction(async (queries) => {
      if (!(await this.hasCourse(queries, courseId))) return false;
      const sql = 'DELETE FROM enrolments WHERE user_id = ? AND course_id = ?';
      if ((await queries.run(sql, [user, courseId])) === 0) return false;
      await queries.run('UPDATE courses SET enrolments = enrolments - 1 WHERE id = ?', [courseId]);
      await recordChanges(queries, this.handle.dialect, [courseId]);
      return true;
    });
  }

  async enrolment(user: string, courseId: string): Promise<EnrolmentRecord | null> {
    return (await this.find(this.handle.database, user, courseId)) ?? null;
  }

  async enrolmentsOf(
    user: string,
    { limit, after }: { limit: number; after?: { enrolledAt: number; courseId: string } },
  ): Promise<EnrolmentRecord[]> {
    const further = after ? 'AND (enrolled_at < ? OR (enrolled_at = ? AND course_id > ?))' : '';
    const rows = await this.handle.database.all<Row>(
      `${selected} WHERE user_id = ? ${further} ORDER BY enrolled_at DESC, course_id LIMIT ?`,
      [user, ...(after ? [after.enrolledAt, after.enrolledAt, after.courseId] : []), limit],
    );
    return rows.map(enrolmentOf);
  }

  async setLesson(
    user: string,
    courseId: string,
    lessonId: string,
    completed: boolean,
  ): Promise<EnrolmentRecord> {
    const { database, dialect } = this.handle;
    return database.transaction(async (queries) => {
      const before = await this.find(queries, user, courseId, dialect.forUpdate);
      if (!before) throw new NoSuchRecord(`enrolment of ${user} in ${courseId}`);
      if (before.completedLessons.includes(lessonId) === completed) return before;
      const others = before.completedLessons.filter((id) => id !== lessonId);
      const completedLessons = completed ? [...others, lessonId] : others;
      await queries.run('UPDATE enrolments SET completed = ? WHERE user_id = ? AND course_id = ?', [
        JSON.stringify(completedLessons),
        user,
        courseId,
      ]);
      return { ...before, completedLessons };
    });
  }

  async rate({ user, courseId, stars, comment, at }: RatingRecord): Promise<void> {
    const { database, dialect } = this.handle;
    await database.transaction(async (queries) => {
      await this.lockCourse(queries, courseId);
      const before = await queries.get<{ stars: number }>(
        'SELECT stars FROM ratings WHERE user_id = ? AND course_id = ?',
        [user, courseId],
      );
      await queries.run(
        `INSERT INTO ratings (user_id, course_id, stars, comment, at) VALUES (?, ?, ?, ?, ?)${dialect.orReplace(['user_id', 'course_id'], ['stars', 'comment', 'at'])}`,
        [user, courseId, stars, comment ?? null, at],
      );
      await queries.run(
        'UPDATE courses SET rating_count = rating_count + ?, rating_sum = rating_sum + ? WHERE id = ?',
        [before ? 0 : 1, stars - (before?.stars ?? 0), courseId],
      );
      await recordChanges(queries, this.handle.dialect, [courseId]);
    });
  }

  /** A transaction for every few hundred: cut off in between, it is repeated as a whole. */
  async importAll(
    enrolments: readonly EnrolmentRecord[],
    ratings: readonly RatingRecord[],
  ): Promise<void> {
    const { database, dialect } = this.handle;
    for (let at = 0; at < enrolments.length; at += importedAtOnce) {
      const some = enrolments.slice(at, at + importedAtOnce);
      await database.transaction((queries) => importEnrolments(queries, dialect, some));
    }
    for (let at = 0; at < ratings.length; at += importedAtOnce) {
      const some = ratings.slice(at, at + importedAtOnce);
      await database.transaction((queries) => importRatings(queries, dialect, some));
    }
  }

  private async find(
    queries: Queries,
    user: string,
    courseId: string,
    lock = '',
  ): Promise<EnrolmentRecord | undefined> {
    const sql = `${selected} WHERE user_id = ? AND course_id = ?${lock}`;
    const row = await queries.get<Row>(sql, [user, courseId]);
    return row && enrolmentOf(row);
  }

  private async hasCourse(queries: Queries, id: string): Promise<boolean> {
    const sql = `SELECT id FROM courses WHERE id = ?${this.handle.dialect.forUpdate}`;
    return (await queries.get(sql, [id])) !== undefined;
  }

  private async lockCourse(queries: Queries, id: string): Promise<void> {
    if (!(await this.hasCourse(queries, id))) throw new NoSuchRecord(`course ${id}`);
  }
}
