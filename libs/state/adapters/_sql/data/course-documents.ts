import type { CourseDocument } from '#libs/state';
import type { Dialect } from '../dialect.js';
import { insertRows } from '../insert-rows.js';
import type { Queries } from '../queries.js';
import { bytes } from './course-writes.js';

/** What was changed before anybody could follow: as a document of the first change, all get it that begin at 0. */
const first = 1;

export async function documentsOf(
  queries: Queries,
  { limit, after = '' }: { limit: number; after?: string },
): Promise<CourseDocument[]> {
  const rows = await queries.all<{ id: string; version: number; document: Buffer | null }>(
    `SELECT c.id, c.version, d.document FROM courses c LEFT JOIN course_documents d ON d.course_id = c.id
      WHERE c.id > ? ORDER BY c.id LIMIT ?`,
    [after, limit],
  );
  return rows.map(({ id, version, document }) => ({
    id,
    version,
    document: document && new Uint8Array(document),
  }));
}

/** Within a transaction. See Courses.putDocuments. */
export async function putDocuments(
  queries: Queries,
  dialect: Dialect,
  given: readonly (CourseDocument & { document: Uint8Array })[],
): Promise<number> {
  const rows = await queries.all<{ id: string; version: number }>(
    `SELECT id, version FROM courses WHERE ${dialect.among('id')} ORDER BY id${dialect.forUpdate}`,
    [dialect.list(given.map(({ id }) => id))],
  );
  const versions = new Map(rows.map(({ id, version }) => [id, version]));
  const current = given.filter(({ id, version }) => versions.get(id) === version);
  await insertRows(
    queries,
    dialect,
    {
      table: 'course_documents',
      columns: ['course_id', 'revision', 'document'],
      ending: dialect.orReplace(['course_id'], ['document']),
    },
    current.map(({ id, document }) => [id, first, bytes(document)]),
  );
  return current.length;
}
