import {
  AlreadyExists,
  type ChangesPage,
  type CourseCard,
  type CourseChanges,
  type CourseContent,
  type CourseDocument,
  type CourseRecord,
  Courses,
  type CourseWrite,
  deletionsKeptMs,
  madeOf,
  NoSuchRecord,
  updatedTo,
  VersionConflict,
  type WriteOutcome,
} from '#libs/state';
import type { Queries } from '../queries.js';
import type { SqlHandle } from '../sql-handle.js';
import {
  cardColumns,
  cardOfRow,
  type CardRow,
  courseColumns,
  courseOfRow,
  type CourseRow,
} from './course-rows.js';
import { documentsOf, putDocuments } from './course-documents.js';
import { changesOf, forgetDeletions } from './course-feed.js';
import { checkFree, insertCourses, recordWritten, updateCourses } from './course-writes.js';
import { recordChanges, revisionOf } from './revision.js';
import { writeAll } from './write-all.js';

/** How often a batch is tried anew where others take its ids or slugs meanwhile. */
const attempts = 5;

export class SqlCourses extends Courses {
  constructor(private readonly handle: SqlHandle) {
    super();
  }

  async create(
    id: string,
    content: CourseContent,
    document: Uint8Array,
    at: number,
  ): Promise<CourseRecord> {
    const { database, dialect } = this.handle;
    const course = madeOf(id, content, at);
    return database.transaction(async (queries) => {
      await checkFree(queries, { id, slug: content.slug });
      await insertCourses(queries, dialect, [{ course, document }]);
      await recordWritten(queries, dialect, [{ course, document }]);
      return structuredClone(course);
    });
  }

  async update(
    id: string,
    expectedVersion: number,
    content: CourseContent,
    document: Uint8Array,
    at: number,
  ): Promise<CourseRecord> {
    const { database, dialect } = this.handle;
    return database.transaction(async (queries) => {
      const before = await this.versioned(queries, id, expectedVersion);
      await checkFree(queries, { slug: content.slug, except: id });
      const course = updatedTo(before, content, at);
      await updateCourses(queries, [{ course, document }]);
      await recordWritten(queries, dialect, [{ course, document }]);
      return course;
    });
  }

  async writeAll(courses: readonly CourseWrite[], at: number): Promise<WriteOutcome[]> {
    const { database, dialect } = this.handle;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await database.transaction((queries) => writeAll(queries, dialect, courses, at));
      } catch (error) {
        if (!(error instanceof AlreadyExists) || attempt === attempts) throw error;
      }
    }
  }

  async delete(id: string, expectedVersion: number): Promise<void> {
    const { database, dialect } = this.handle;
    await database.transaction(async (queries) => {
      await this.versioned(queries, id, expectedVersion);
      for (const table of ['course_documents', 'enrolments', 'ratings'])
        await queries.run(`DELETE FROM ${table} WHERE course_id = ?`, [id]);
      await queries.run('DELETE FROM courses WHERE id = ?', [id]);
      await recordChanges(queries, dialect, [id], this.handle.now);
      await forgetDeletions(queries, dialect, this.handle.now - deletionsKeptMs);
    });
  }

  byId(id: string): Promise<CourseRecord | null> {
    return this.whole('id', id);
  }

  bySlug(slug: string): Promise<CourseRecord | null> {
    return this.whole('slug', slug);
  }

  byIds(ids: readonly string[]): Promise<CourseRecord[]> {
    return this.several('id', ids);
  }

  bySlugs(slugs: readonly string[]): Promise<CourseRecord[]> {
    return this.several('slug', slugs);
  }

  async cards(ids: readonly string[]): Promise<CourseCard[]> {
    const { database, dialect } = this.handle;
    const sql = `SELECT ${cardColumns} FROM courses WHERE ${dialect.among('id')}`;
    return (await database.all<CardRow>(sql, [dialect.list(ids)])).map(cardOfRow);
  }

  async export({ limit, after = '' }: { limit: number; after?: string }): Promise<CourseRecord[]> {
    const rows = await this.handle.database.all<CourseRow>(
      `SELECT ${courseColumns} FROM courses WHERE id > ? ORDER BY id LIMIT ?`,
      [after, limit],
    );
    return rows.map(courseOfRow);
  }

  async revision(): Promise<number> {
    return revisionOf(this.handle.database);
  }

  async changes(page: ChangesPage): Promise<CourseChanges | null> {
    return changesOf(this.handle.database, page);
  }

  async documents(page: { limit: number; after?: string }): Promise<CourseDocument[]> {
    return documentsOf(this.handle.database, page);
  }

  async putDocuments(
    documents: readonly (CourseDocument & { document: Uint8Array })[],
  ): Promise<number> {
    const { database, dialect } = this.handle;
    return database.transaction((queries) => putDocuments(queries, dialect, documents));
  }

  private async whole(column: 'id' | 'slug', value: string): Promise<CourseRecord | null> {
    const sql = `SELECT ${courseColumns} FROM courses WHERE ${column} = ?`;
    const row = await this.handle.database.get<CourseRow>(sql, [value]);
    return row ? courseOfRow(row) : null;
  }

  private async several(column: 'id' | 'slug', values: readonly string[]): Promise<CourseRecord[]> {
    const { database, dialect } = this.handle;
    const sql = `SELECT ${courseColumns} FROM courses WHERE ${dialect.among(column)}`;
    return (await database.all<CourseRow>(sql, [dialect.list(values)])).map(courseOfRow);
  }

  /** Locked until the transaction ends. @throws NoSuchRecord, VersionConflict */
  private async versioned(
    queries: Queries,
    id: string,
    expectedVersion: number,
  ): Promise<CourseRecord> {
    const row = await queries.get<CourseRow>(
      `SELECT ${courseColumns} FROM courses WHERE id = ?${this.handle.dialect.forUpdate}`,
      [id],
    );
    if (!row) throw new NoSuchRecord(`course ${id}`);
    if (row.version !== expectedVersion) throw new VersionConflict(row.version);
    return courseOfRow(row);
  }
}
