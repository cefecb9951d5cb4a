import { type CourseWrite, planWrites, type WriteOutcome } from '#libs/state';
import type { Dialect } from '../dialect.js';
import type { Queries } from '../queries.js';
import { courseColumns, courseOfRow, type CourseRow } from './course-rows.js';
import { insertCourses, recordWritten, updateCourses } from './course-writes.js';

/** All of them in the transaction of `queries`; see Courses.writeAll. @throws AlreadyExists: somebody else was quicker */
export async function writeAll(
  queries: Queries,
  dialect: Dialect,
  given: readonly CourseWrite[],
  at: number,
): Promise<WriteOutcome[]> {
  const rows = await queries.all<CourseRow>(
    `SELECT ${courseColumns} FROM courses WHERE ${dialect.among('id')} ORDER BY id${dialect.forUpdate}`,
    [dialect.list(given.map(({ id }) => id))],
  );
  const owners = await queries.all<{ id: string; slug: string }>(
    `SELECT id, slug FROM courses WHERE ${dialect.among('slug')}`,
    [dialect.list(given.map(({ content }) => content.slug))],
  );
  const stored = {
    byId: new Map(rows.map((row) => [row.id, courseOfRow(row)])),
    slugOwners: new Map(owners.map(({ id, slug }) => [slug, id])),
  };
  const { planned, outcomes } = planWrites(given, stored, at);
  await insertCourses(
    queries,
    dialect,
    planned.filter(({ outcome }) => outcome === 'created'),
  );
  await updateCourses(
    queries,
    planned.filter(({ outcome }) => outcome === 'updated'),
  );
  await recordWritten(queries, dialect, planned);
  return outcomes;
}
