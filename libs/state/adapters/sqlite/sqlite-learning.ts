import { type EnrolmentRecord, Learning, NoSuchRecord, type RatingRecord } from '#libs/state';
import type { Handle } from './handle.js';
import { parseColumn } from './json.js';
import { bumpRevision } from './sqlite-courses.js';

interface Row {
  user: string;
  course_id: string;
  enrolled_at: number;
  completed: string;
}

const enrolmentOf = ({ user, course_id, enrolled_at, completed }: Row): EnrolmentRecord => ({
  user,
  courseId: course_id,
  enrolledAt: enrolled_at,
  completedLessons: parseColumn<string[]>(completed, `enrolment of ${user} in ${course_id}`),
});

export class SqliteLearning extends Learning {
  constructor(private readonly handle: Handle) {
    super();
  }

  private get file() {
    return this.handle.file;
  }

  async enrol(
    user: string,
    courseId: string,
    at: number,
  ): Promise<{ enrolment: EnrolmentRecord; created: boolean }> {
    return this.file.write(() => {
      this.checkCourse(courseId);
      const before = this.find(user, courseId);
      if (before) return { enrolment: before, created: false };
      this.file.run(
        "INSERT INTO enrolments (user, course_id, enrolled_at, completed) VALUES (?, ?, ?, '[]')",
        [user, courseId, at],
      );
      this.file.run('UPDATE courses SET enrolments = enrolments + 1 WHERE id = ?', [courseId]);
      bumpRevision(this.handle);
      return { enrolment: { user, courseId, enrolledAt: at, completedLessons: [] }, created: true };
    });
  }

  async leave(user: string, courseId: string): Promise<boolean> {
    return this.file.write(() => {
      if (
        this.file.run('DELETE FROM enrolments WHERE user = ? AND course_id = ?', [
          user,
          courseId,
        ]) === 0
      )
        return false;
      this.file.run('UPDATE courses SET enrolments = enrolments - 1 WHERE id = ?', [courseId]);
      bumpRevision(this.handle);
      return true;
    });
  }

  async enrolment(user: string, courseId: string): Promise<EnrolmentRecord | null> {
    return this.find(user, courseId) ?? null;
  }

  async enrolmentsOf(
    user: string,
    { limit, after }: { limit: number; after?: { enrolledAt: number; courseId: string } },
  ): Promise<EnrolmentRecord[]> {
    const rows = this.file.all<Row>(
      `SELECT * FROM enrolments WHERE user = @user
        AND (@id IS NULL OR enrolled_at < @at OR (enrolled_at = @at AND course_id > @id))
        ORDER BY enrolled_at DESC, course_id LIMIT @limit`,
      { user, at: after?.enrolledAt ?? null, id: after?.courseId ?? null, limit },
    );
    return rows.map(enrolmentOf);
  }

  async setLesson(
    user: string,
    courseId: string,
    lessonId: string,
    completed: boolean,
  ): Promise<EnrolmentRecord> {
    return this.file.write(() => {
      const before = this.find(user, courseId);
      if (!before) throw new NoSuchRecord(`enrolment of ${user} in ${courseId}`);
      if (before.completedLessons.includes(lessonId) === completed) return before;
      const others = before.completedLessons.filter((id) => id !== lessonId);
      const completedLessons = completed ? [...others, lessonId] : others;
      this.file.run('UPDATE enrolments SET completed = ? WHERE user = ? AND course_id = ?', [
        JSON.stringify(completedLessons),
        user,
        courseId,
      ]);
      return { ...before, completedLessons };
    });
  }

  async rate({ user, courseId, stars, comment, at }: RatingRecord): Promise<void> {
    this.file.write(() => {
      this.checkCourse(courseId);
      const before = this.file.get<{ stars: number }>(
        'SELECT stars FROM ratings WHERE user = ? AND course_id = ?',
        [user, courseId],
      );
      this.file.run(
        'INSERT OR REPLACE INTO ratings (user, course_id, stars, comment, at) VALUES (?, ?, ?, ?, ?)',
        [user, courseId, stars, comment ?? null, at],
      );
      this.file.run(
        'UPDATE courses SET rating_count = rating_count + ?, rating_sum = rating_sum + ? WHERE id = ?',
        [before ? 0 : 1, stars - (before?.stars ?? 0), courseId],
      );
      bumpRevision(this.handle);
    });
  }

  async importAll(
    enrolments: readonly EnrolmentRecord[],
    ratings: readonly RatingRecord[],
  ): Promise<void> {
    this.file.write(() => {
      for (const { user, courseId, enrolledAt, completedLessons } of enrolments) {
        const added = this.file.run(
          `INSERT OR IGNORE INTO enrolments (user, course_id, enrolled_at, completed)
            SELECT ?, id, ?, ? FROM courses WHERE id = ?`,
          [user, enrolledAt, JSON.stringify(completedLessons), courseId],
        );
        if (added > 0)
          this.file.run('UPDATE courses SET enrolments = enrolments + 1 WHERE id = ?', [courseId]);
      }
      for (const { user, courseId, stars, comment, at } of ratings) {
        const added = this.file.run(
          `INSERT OR IGNORE INTO ratings (user, course_id, stars, comment, at)
            SELECT ?, id, ?, ?, ? FROM courses WHERE id = ?`,
          [user, stars, comment ?? null, at, courseId],
        );
        if (added > 0) {
          this.file.run(
            'UPDATE courses SET rating_count = rating_count + 1, rating_sum = rating_sum + ? WHERE id = ?',
            [stars, courseId],
          );
        }
      }
      bumpRevision(this.handle);
    });
  }

  private find(user: string, courseId: string): EnrolmentRecord | undefined {
    const row = this.file.get<Row>('SELECT * FROM enrolments WHERE user = ? AND course_id = ?', [
      user,
      courseId,
    ]);
    return row && enrolmentOf(row);
  }

  private checkCourse(id: string): void {
    if (!this.file.get('SELECT 1 FROM courses WHERE id = ?', [id]))
      throw new NoSuchRecord(`course ${id}`);
  }
}
