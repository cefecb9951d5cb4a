import { AlreadyExists, cardOf, type CourseRecord, type CourseTerms, titleKey } from '#libs/state';
import type { Dialect } from '../dialect.js';
import { insertRows } from '../insert-rows.js';
import type { Param, Queries } from '../queries.js';

/**
 * For the message: of two who race for a key one gets AlreadyExists from the database.
 * @throws AlreadyExists
 */
export async function checkFree(
  queries: Queries,
  { id, slug, except = '' }: { id?: string; slug: string; except?: string },
): Promise<void> {
  if (id !== undefined && (await queries.get('SELECT id FROM courses WHERE id = ?', [id])))
    throw new AlreadyExists(`course ${id}`);
  if (await queries.get('SELECT id FROM courses WHERE slug = ? AND id <> ?', [slug, except]))
    throw new AlreadyExists(`slug ${slug}`);
}

export async function insertCourse(
  queries: Queries,
  dialect: Dialect,
  course: CourseRecord,
  terms: CourseTerms,
): Promise<void> {
  const row: Record<string, Param> = {
    id: course.id,
    created_at: course.createdAt,
    ...written(course, terms),
  };
  const columns = Object.keys(row);
  await insertRows(queries, dialect, { table: 'courses', columns }, [Object.values(row)]);
  await insertIndex(queries, dialect, course, terms);
}

/** The statistics stay as they are in the row: they are its learners'. */
export async function updateCourse(
  queries: Queries,
  dialect: Dialect,
  course: CourseRecord,
  terms: CourseTerms,
): Promise<void> {
  const row = written(course, terms);
  const changes = Object.keys(row).map((column) => `${column} = ?`);
  await queries.run(`UPDATE courses SET ${changes.join(', ')} WHERE id = ?`, [
    ...Object.values(row),
    course.id,
  ]);
  for (const table of ['postings', 'course_tags'])
    await queries.run(`DELETE FROM ${table} WHERE course_id = ?`, [course.id]);
  await insertIndex(queries, dialect, course, terms);
}

function written(course: CourseRecord, terms: CourseTerms): Record<string, Param> {
  const { lessonCount, minutes } = cardOf(course);
  return {
    slug: course.slug,
    title: course.title,
    title_key: titleKey(course.title),
    summary: course.summary,
    description: course.description,
    language: course.language,
    level: course.level,
    category: course.category,
    tags: JSON.stringify(course.tags),
    lessons: JSON.stringify(course.lessons),
    cover_url: course.coverUrl ?? null,
    instructor_id: course.instructorId,
    instructor_name: course.instructorName,
    status: course.status,
    published_at: course.publishedAt ?? null,
    version: course.version,
    updated_at: course.updatedAt,
    lesson_count: lessonCount,
    minutes,
    length: terms.length,
  };
}

async function insertIndex(
  queries: Queries,
  dialect: Dialect,
  { id, tags }: CourseRecord,
  { frequencies }: CourseTerms,
): Promise<void> {
  await insertRows(
    queries,
    dialect,
    { table: 'course_tags', columns: ['tag', 'course_id'] },
    [...new Set(tags)].map((tag) => [tag, id]),
  );
  await insertRows(
    queries,
    dialect,
    { table: 'postings', columns: ['term', 'course_id', 'frequency'] },
    [...frequencies].map(([term, frequency]) => [term, id, frequency]),
  );
}
