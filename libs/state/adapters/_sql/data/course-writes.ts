import { AlreadyExists, cardOf, type CourseRecord } from '#libs/state';
import type { Dialect } from '../dialect.js';
import { insertRows } from '../insert-rows.js';
import type { Param, Queries } from '../queries.js';
import { recordChanges } from './revision.js';

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

/** A course as its author has written it, with the bytes it is found by. */
export interface Written {
  course: CourseRecord;
  document: Uint8Array;
}

export async function insertCourses(
  queries: Queries,
  dialect: Dialect,
  added: readonly Written[],
): Promise<void> {
  const rows = added.map(({ course }) => ({
    id: course.id,
    created_at: course.createdAt,
    ...written(course),
  }));
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  await insertRows(
    queries,
    dialect,
    { table: 'courses', columns },
    rows.map((row) => Object.values(row)),
  );
}

/** The statistics stay as they are in the row: they are its learners'. */
export async function updateCourses(queries: Queries, changed: readonly Written[]): Promise<void> {
  for (const { course } of changed) {
    const row = written(course);
    const changes = Object.keys(row).map((column) => `${column} = ?`);
    await queries.run(`UPDATE courses SET ${changes.join(', ')} WHERE id = ?`, [
      ...Object.values(row),
      course.id,
    ]);
  }
}

/** Last: numbers come after what they tell of. */
export async function recordWritten(
  queries: Queries,
  dialect: Dialect,
  changed: readonly Written[],
): Promise<void> {
  const last = await recordChanges(
    queries,
    dialect,
    changed.map(({ course }) => course.id),
  );
  const ending = dialect.orReplace(['course_id'], ['revision', 'document']);
  await insertRows(
    queries,
    dialect,
    { table: 'course_documents', columns: ['course_id', 'revision', 'document'], ending },
    changed.map(({ course, document }, at) => [
      course.id,
      last - changed.length + 1 + at,
      bytes(document),
    ]),
  );
}

export const bytes = (document: Uint8Array): Buffer =>
  Buffer.from(document.buffer, document.byteOffset, document.byteLength);

function written(course: CourseRecord): Record<string, Param> {
  const { lessonCount, minutes } = cardOf(course);
  return {
    slug: course.slug,
    title: course.title,
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
  };
}
