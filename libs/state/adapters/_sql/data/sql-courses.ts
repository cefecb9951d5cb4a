import {
  type CorpusStats,
  type CourseCard,
  type CourseContent,
  type CourseFilter,
  type CourseQuery,
  type CourseRecord,
  Courses,
  type CourseTerms,
  type FacetCount,
  type FacetField,
  NoSuchRecord,
  type Posting,
  type SortKey,
  sortValue,
  VersionConflict,
} from '#libs/state';
import type { Queries } from '../queries.js';
import type { SqlHandle } from '../sql-handle.js';
import { beyond, matching, orderBy } from './course-filter.js';
import {
  cardColumns,
  cardOfRow,
  type CardRow,
  courseColumns,
  courseOfRow,
  type CourseRow,
} from './course-rows.js';
import { checkFree, insertCourse, updateCourse } from './course-writes.js';
import { bumpRevision, revisionOf } from './revision.js';

const published = "courses.status = 'published'";

/** The same, where the terms lead: behind a function no planner walks every published course for it. */
const publishedHit = "coalesce(courses.status, '') = 'published'";

const facetTables: Record<FacetField, { column: string; from: string }> = {
  category: { column: 'courses.category', from: 'courses' },
  level: { column: 'courses.level', from: 'courses' },
  language: { column: 'courses.language', from: 'courses' },
  tag: {
    column: 'course_tags.tag',
    from: 'course_tags JOIN courses ON courses.id = course_tags.course_id',
  },
};

export class SqlCourses extends Courses {
  constructor(private readonly handle: SqlHandle) {
    super();
  }

  async create(
    id: string,
    content: CourseContent,
    terms: CourseTerms,
    at: number,
  ): Promise<CourseRecord> {
    const { database, dialect } = this.handle;
    const course: CourseRecord = {
      ...content,
      id,
      version: 1,
      enrolments: 0,
      ratingCount: 0,
      ratingSum: 0,
      createdAt: at,
      updatedAt: at,
    };
    return database.transaction(async (queries) => {
      await checkFree(queries, { id, slug: content.slug });
      await insertCourse(queries, dialect, course, terms);
      await bumpRevision(queries);
      return structuredClone(course);
    });
  }

  async update(
    id: string,
    expectedVersion: number,
    content: CourseContent,
    terms: CourseTerms,
    at: number,
  ): Promise<CourseRecord> {
    const { database, dialect } = this.handle;
    return database.transaction(async (queries) => {
      const before = await this.versioned(queries, id, expectedVersion);
      await checkFree(queries, { slug: content.slug, except: id });
      const { version, enrolments, ratingCount, ratingSum, createdAt } = before;
      const course: CourseRecord = {
        ...content,
        id,
        version: version + 1,
        enrolments,
        ratingCount,
        ratingSum,
        createdAt,
        updatedAt: at,
      };
      await updateCourse(queries, dialect, course, terms);
      await bumpRevision(queries);
      return structuredClone(course);
    });
  }

  async delete(id: string, expectedVersion: number): Promise<void> {
    await this.handle.database.transaction(async (queries) => {
      await this.versioned(queries, id, expectedVersion);
      for (const table of ['postings', 'course_tags', 'enrolments', 'ratings'])
        await queries.run(`DELETE FROM ${table} WHERE course_id = ?`, [id]);
      await queries.run('DELETE FROM courses WHERE id = ?', [id]);
      await bumpRevision(queries);
    });
  }

  byId(id: string): Promise<CourseRecord | null> {
    return this.whole('id', id);
  }

  bySlug(slug: string): Promise<CourseRecord | null> {
    return this.whole('slug', slug);
  }

  async cards(ids: readonly string[]): Promise<CourseCard[]> {
    const { database, dialect } = this.handle;
    const sql = `SELECT ${cardColumns} FROM courses WHERE ${dialect.among('id')}`;
    return (await database.all<CardRow>(sql, [dialect.list(ids)])).map(cardOfRow);
  }

  async list({
    filter,
    sort,
    limit,
    after,
  }: CourseQuery): Promise<{ items: CourseCard[]; next: SortKey | null }> {
    const { database, dialect } = this.handle;
    const [wanted, further] = [matching(filter, dialect), beyond(sort, after)];
    const rows = await database.all<CardRow>(
      `SELECT ${cardColumns} FROM courses WHERE ${wanted.sql} AND ${further.sql} ORDER BY ${orderBy(sort)} LIMIT ?`,
      [...wanted.params, ...further.params, limit + 1],
    );
    const items = rows.slice(0, limit).map(cardOfRow);
    const last = items.at(-1);
    return {
      items,
      next: rows.length > limit && last ? { value: sortValue(last, sort), id: last.id } : null,
    };
  }

  async count(filter: CourseFilter): Promise<number> {
    const { database, dialect } = this.handle;
    const { sql, params } = matching(filter, dialect);
    const row = await database.get<{ n: number }>(
      `SELECT count(*) AS n FROM courses WHERE ${sql}`,
      params,
    );
    return row?.n ?? 0;
  }

  async facets(
    filter: CourseFilter,
    fields: readonly FacetField[],
  ): Promise<Map<FacetField, FacetCount[]>> {
    const { database, dialect } = this.handle;
    const { sql, params } = matching(filter, dialect);
    const counted = fields.map(async (field): Promise<[FacetField, FacetCount[]]> => {
      const { column, from } = facetTables[field];
      const rows = await database.all<{ facet: string; n: number }>(
        `SELECT ${column} AS facet, count(*) AS n FROM ${from} WHERE ${sql} GROUP BY ${column} ORDER BY n DESC, facet`,
        params,
      );
      return [field, rows.map(({ facet, n }) => ({ value: facet, count: n }))];
    });
    return new Map(await Promise.all(counted));
  }

  async export({ limit, after = '' }: { limit: number; after?: string }): Promise<CourseRecord[]> {
    const rows = await this.handle.database.all<CourseRow>(
      `SELECT ${courseColumns} FROM courses WHERE id > ? ORDER BY id LIMIT ?`,
      [after, limit],
    );
    return rows.map(courseOfRow);
  }

  async postings(terms: readonly string[]): Promise<Posting[]> {
    const { database, dialect } = this.handle;
    const rows = await database.all<Omit<Posting, 'courseId'> & { course_id: string }>(
      `SELECT postings.term, postings.course_id, postings.frequency, courses.length
        FROM postings JOIN courses ON courses.id = postings.course_id
        WHERE ${dialect.among('postings.term')} AND ${publishedHit}`,
      [dialect.list(terms)],
    );
    return rows.map(({ term, course_id, frequency, length }) => ({
      term,
      courseId: course_id,
      frequency,
      length,
    }));
  }

  async termsWithPrefix(prefix: string, limit: number): Promise<string[]> {
    // The highest code point closes the range: no LIKE, whose wildcards would need escaping.
    const rows = await this.handle.database.all<{ term: string }>(
      `SELECT DISTINCT postings.term FROM postings JOIN courses ON courses.id = postings.course_id
        WHERE postings.term >= ? AND postings.term < ? AND ${publishedHit} ORDER BY postings.term LIMIT ?`,
      [prefix, `${prefix}\u{10ffff}`, limit],
    );
    return rows.map(({ term }) => term);
  }

  async corpus(): Promise<CorpusStats> {
    const row = await this.handle.database.get<{ documents: number; total: number }>(
      `SELECT count(*) AS documents, coalesce(sum(courses.length), 0) AS total FROM courses WHERE ${published}`,
    );
    return { documents: row?.documents ?? 0, totalLength: row?.total ?? 0 };
  }

  async revision(): Promise<number> {
    return revisionOf(this.handle.database);
  }

  private async whole(column: 'id' | 'slug', value: string): Promise<CourseRecord | null> {
    const sql = `SELECT ${courseColumns} FROM courses WHERE ${column} = ?`;
    const row = await this.handle.database.get<CourseRow>(sql, [value]);
    return row ? courseOfRow(row) : null;
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
