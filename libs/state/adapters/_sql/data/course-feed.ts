import {
  type ChangesPage,
  type CourseChange,
  type CourseChanges,
  type CourseLevel,
  type CourseStatus,
  isStale,
} from '#libs/state';
import { parseColumn } from '../json.js';
import type { Dialect } from '../dialect.js';
import type { Queries } from '../queries.js';

interface Row {
  course_id: string;
  revision: number;
  document: Buffer | null;
  /** Null where the course is gone, as everything after it. */
  title: string | null;
  status: CourseStatus;
  category: string;
  level: CourseLevel;
  language: string;
  instructor_id: string;
  tags: string;
  published_at: number | null;
  created_at: number;
  enrolments: number;
  rating_count: number;
  rating_sum: number;
}

const forgotten = 'forgotten deletions';

const feed = `SELECT n.course_id, n.revision, d.document, c.title, c.status, c.category, c.level, c.language, c.instructor_id,
    c.tags, c.published_at, c.created_at, c.enrolments, c.rating_count, c.rating_sum
  FROM course_changes n LEFT JOIN courses c ON c.id = n.course_id
  LEFT JOIN course_documents d ON d.course_id = n.course_id AND d.revision > ?
  WHERE n.revision > ? ORDER BY n.revision LIMIT ?`;

/**
 * The numbers are read before the changes: what is written in between is told again the next time.
 * So is what was forgotten, which is a day old: no reader is that slow between two statements.
 */
export async function changesOf(
  queries: Queries,
  { known, after = known, limit }: ChangesPage,
): Promise<CourseChanges | null> {
  const numbers = await queries.all<{ name: string; number: number }>(
    `SELECT name, number FROM singletons WHERE name IN ('catalogue revision', '${forgotten}')`,
  );
  const number = (of: string) => numbers.find(({ name }) => name === of)?.number ?? 0;
  const revision = number('catalogue revision');
  if (isStale({ known, after, revision, forgotten: number(forgotten) })) return null;
  const rows = await queries.all<Row>(feed, [known, after, limit]);
  return {
    items: rows.map(changeOf),
    next: rows.length < limit ? null : (rows.at(-1)?.revision ?? null),
    revision,
  };
}

/** Of deletions before `cutoff` no more is told; who is further behind begins again. */
export async function forgetDeletions(
  queries: Queries,
  { greatest }: Dialect,
  cutoff: number,
): Promise<void> {
  const last = await queries.get<{ revision: number | null }>(
    'SELECT max(revision) AS revision FROM course_changes WHERE deleted_at < ?',
    [cutoff],
  );
  if (last?.revision === undefined || last.revision === null) return;
  await queries.run('DELETE FROM course_changes WHERE deleted_at IS NOT NULL AND revision <= ?', [
    last.revision,
  ]);
  await queries.run(
    `UPDATE singletons SET number = ${greatest}(number, ?) WHERE name = '${forgotten}'`,
    [last.revision],
  );
}

function changeOf(row: Row): CourseChange {
  const { course_id: id, revision, title, document } = row;
  if (title === null) return { id, revision, facts: null };
  return {
    id,
    revision,
    facts: {
      title,
      status: row.status,
      category: row.category,
      level: row.level,
      language: row.language,
      instructorId: row.instructor_id,
      tags: parseColumn<string[]>(row.tags, `course ${id}`),
      ...(row.published_at !== null && { publishedAt: row.published_at }),
      createdAt: row.created_at,
      enrolments: row.enrolments,
      ratingCount: row.rating_count,
      ratingSum: row.rating_sum,
    },
    ...(document && { document: new Uint8Array(document) }),
  };
}
