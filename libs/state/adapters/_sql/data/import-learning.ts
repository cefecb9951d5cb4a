import type { EnrolmentRecord, RatingRecord } from '#libs/state';
import type { Dialect } from '../dialect.js';
import { insertRows } from '../insert-rows.js';
import type { Param, Queries } from '../queries.js';
import { recordChanges } from './revision.js';

interface Pair {
  user: string;
  courseId: string;
}

const pairKey = ({ user, courseId }: Pair): string => `${user}\n${courseId}`;

export async function importEnrolments(
  queries: Queries,
  dialect: Dialect,
  given: readonly EnrolmentRecord[],
): Promise<void> {
  const added = await absent(queries, dialect, 'enrolments', given);
  const rows = added.map(({ user, courseId, enrolledAt, completedLessons }): Param[] => {
    return [user, courseId, enrolledAt, JSON.stringify(completedLessons)];
  });
  const columns = ['user_id', 'course_id', 'enrolled_at', 'completed'];
  await insertRows(queries, dialect, { table: 'enrolments', columns }, rows);
  const grouped = byCourse(added);
  for (const [courseId, some] of grouped) {
    const sql = 'UPDATE courses SET enrolments = enrolments + ? WHERE id = ?';
    await queries.run(sql, [some.length, courseId]);
  }
  await recordChanges(queries, dialect, [...grouped.keys()]);
}

export async function importRatings(
  queries: Queries,
  dialect: Dialect,
  given: readonly RatingRecord[],
): Promise<void> {
  const added = await absent(queries, dialect, 'ratings', given);
  const rows = added.map(({ user, courseId, stars, comment = null, at }): Param[] => {
    return [user, courseId, stars, comment, at];
  });
  const columns = ['user_id', 'course_id', 'stars', 'comment', 'at'];
  await insertRows(queries, dialect, { table: 'ratings', columns }, rows);
  const grouped = byCourse(added);
  for (const [courseId, some] of grouped) {
    const sum = some.reduce((stars, rating) => stars + rating.stars, 0);
    await queries.run(
      'UPDATE courses SET rating_count = rating_count + ?, rating_sum = rating_sum + ? WHERE id = ?',
      [some.length, sum, courseId],
    );
  }
  await recordChanges(queries, dialect, [...grouped.keys()]);
}

/** Those whose course exists and that are not stored yet, each pair once. The courses are locked, in order. */
async function absent<T extends Pair>(
  queries: Queries,
  dialect: Dialect,
  table: 'enrolments' | 'ratings',
  given: readonly T[],
): Promise<T[]> {
  const ids = dialect.list([...new Set(given.map(({ courseId }) => courseId))]);
  const users = dialect.list([...new Set(given.map(({ user }) => user))]);
  const courses = await queries.all<{ id: string }>(
    `SELECT id FROM courses WHERE ${dialect.among('id')} ORDER BY id${dialect.forUpdate}`,
    [ids],
  );
  const pairs = await queries.all<{ user_id: string; course_id: string }>(
    `SELECT user_id, course_id FROM ${table} WHERE ${dialect.among('user_id')} AND ${dialect.among('course_id')}`,
    [users, ids],
  );
  const existing = new Set(courses.map(({ id }) => id));
  const taken = new Set(
    pairs.map(({ user_id, course_id }) => pairKey({ user: user_id, courseId: course_id })),
  );
  return given.filter((record) => {
    const key = pairKey(record);
    if (!existing.has(record.courseId) || taken.has(key)) return false;
    taken.add(key);
    return true;
  });
}

/** Every course is locked already, so their order does not matter. */
function byCourse<T extends Pair>(records: readonly T[]): Map<string, T[]> {
  const grouped = new Map<string, T[]>();
  for (const record of records)
    grouped.set(record.courseId, [...(grouped.get(record.courseId) ?? []), record]);
  return grouped;
}
