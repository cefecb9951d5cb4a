import {
  AlreadyExists,
  cardOf,
  type CorpusStats,
  type CourseCard,
  type CourseContent,
  type CourseFilter,
  type CourseQuery,
  type CourseRecord,
  Courses,
  type CourseSort,
  type CourseTerms,
  type FacetCount,
  type FacetField,
  NoSuchRecord,
  type Posting,
  type SortKey,
  sortValue,
  titleKey,
  VersionConflict,
} from '#libs/state';
import {
  cardColumns,
  cardOfRow,
  type CardRow,
  courseColumns,
  courseOfRow,
  type CourseRow,
} from './course-rows.js';
import type { Handle } from './handle.js';

/** Each part is true where its filter is absent, so that one prepared statement serves every filter. */
const matching = `(@status IS NULL OR status IN (SELECT value FROM json_each(@status)))
  AND (@category IS NULL OR category IN (SELECT value FROM json_each(@category)))
  AND (@level IS NULL OR level IN (SELECT value FROM json_each(@level)))
  AND (@language IS NULL OR language IN (SELECT value FROM json_each(@language)))
  AND (@instructorId IS NULL OR instructor_id IN (SELECT value FROM json_each(@instructorId)))
  AND (@tag IS NULL OR id IN (SELECT course_id FROM course_tags WHERE tag IN (SELECT value FROM json_each(@tag))))`;

const filterFields = ['status', 'category', 'level', 'language', 'instructorId', 'tag'] as const;

const filterParams = (filter: CourseFilter): Record<string, unknown> =>
  Object.fromEntries(
    filterFields.map((field) => [field, filter[field] ? JSON.stringify(filter[field]) : null]),
  );

/** The column of a sort, as `sortValue` computes it; its direction; the comparison that continues after a key. */
const orders: Record<CourseSort, { value: string; direction: 'ASC' | 'DESC'; next: '<' | '>' }> = {
  newest: { value: 'coalesce(published_at, created_at)', direction: 'DESC', next: '<' },
  rating: { value: '(rating_sum + 15.0) / (rating_count + 5)', direction: 'DESC', next: '<' },
  popular: { value: 'enrolments', direction: 'DESC', next: '<' },
  title: { value: 'title_key', direction: 'ASC', next: '>' },
};

const facetSql: Record<FacetField, string> = {
  category: `SELECT category AS value, count(*) AS count FROM courses WHERE ${matching} GROUP BY category`,
  level: `SELECT level AS value, count(*) AS count FROM courses WHERE ${matching} GROUP BY level`,
  language: `SELECT language AS value, count(*) AS count FROM courses WHERE ${matching} GROUP BY language`,
  tag: `SELECT course_tags.tag AS value, count(*) AS count FROM course_tags JOIN courses ON id = course_id WHERE ${matching} GROUP BY course_tags.tag`,
};

const published = "courses.status = 'published'";

/** The same, where the terms lead: without the plus the planner walks every published course. */
const publishedHit = "+courses.status = 'published'";

export class SqliteCourses extends Courses {
  constructor(private readonly handle: Handle) {
    super();
  }

  private get file() {
    return this.handle.file;
  }

  async create(
    id: string,
    content: CourseContent,
    terms: CourseTerms,
    at: number,
  ): Promise<CourseRecord> {
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
    return this.file.write(() => {
      if (this.file.get('SELECT 1 FROM courses WHERE id = ?', [id]))
        throw new AlreadyExists(`course ${id}`);
      this.checkSlug(id, content.slug);
      this.store(course, terms);
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
    return this.file.write(() => {
      const { version, enrolments, ratingCount, ratingSum, createdAt } = this.versioned(
        id,
        expectedVersion,
      );
      this.checkSlug(id, content.slug);
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
      this.store(course, terms);
      return structuredClone(course);
    });
  }

  async delete(id: string, expectedVersion: number): Promise<void> {
    this.file.write(() => {
      this.versioned(id, expectedVersion);
      for (const table of ['postings', 'course_tags', 'enrolments', 'ratings'])
        this.file.run(`DELETE FROM ${table} WHERE course_id = ?`, [id]);
      this.file.run('DELETE FROM courses WHERE id = ?', [id]);
      bumpRevision(this.handle);
    });
  }

  async byId(id: string): Promise<CourseRecord | null> {
    const row = this.file.get<CourseRow>(`SELECT ${courseColumns} FROM courses WHERE id = ?`, [id]);
    return row ? courseOfRow(row) : null;
  }

  async bySlug(slug: string): Promise<CourseRecord | null> {
    const row = this.file.get<CourseRow>(`SELECT ${courseColumns} FROM courses WHERE slug = ?`, [
      slug,
    ]);
    return row ? courseOfRow(row) : null;
  }

  async cards(ids: readonly string[]): Promise<CourseCard[]> {
    return this.file
      .all<CardRow>(
        `SELECT ${cardColumns} FROM courses WHERE id IN (SELECT value FROM json_each(?))`,
        [JSON.stringify(ids)],
      )
      .map(cardOfRow);
  }

  async list({
    filter,
    sort,
    limit,
    after,
  }: CourseQuery): Promise<{ items: CourseCard[]; next: SortKey | null }> {
    const { value, direction, next } = orders[sort];
    const rows = this.file.all<CardRow>(
      `SELECT ${cardColumns} FROM courses WHERE ${matching}
        AND (@id IS NULL OR ${value} ${next} @value OR (${value} = @value AND id > @id))
        ORDER BY ${value} ${direction}, id LIMIT @limit`,
      {
        ...filterParams(filter),
        value: after?.value ?? null,
        id: after?.id ?? null,
        limit: limit + 1,
      },
    );
    const items = rows.slice(0, limit).map(cardOfRow);
    const last = items.at(-1);
    return {
      items,
      next: rows.length > limit && last ? { value: sortValue(last, sort), id: last.id } : null,
    };
  }

  async count(filter: CourseFilter): Promise<number> {
    return (
      this.file.get<{ n: number }>(
        `SELECT count(*) AS n FROM courses WHERE ${matching}`,
        filterParams(filter),
      )?.n ?? 0
    );
  }

  async facets(
    filter: CourseFilter,
    fields: readonly FacetField[],
  ): Promise<Map<FacetField, FacetCount[]>> {
    const params = filterParams(filter);
    return new Map(
      fields.map((field) => [
        field,
        this.file.all<FacetCount>(`${facetSql[field]} ORDER BY count DESC, value`, params),
      ]),
    );
  }

  async export({ limit, after = '' }: { limit: number; after?: string }): Promise<CourseRecord[]> {
    return this.file
      .all<CourseRow>(`SELECT ${courseColumns} FROM courses WHERE id > ? ORDER BY id LIMIT ?`, [
        after,
        limit,
      ])
      .map(courseOfRow);
  }

  async postings(terms: readonly string[]): Promise<Posting[]> {
    return this.file.all<Posting>(
      `SELECT term, course_id AS courseId, frequency, length FROM postings JOIN courses ON id = course_id
        WHERE term IN (SELECT value FROM json_each(?)) AND ${publishedHit}`,
      [JSON.stringify(terms)],
    );
  }

  async termsWithPrefix(prefix: string, limit: number): Promise<string[]> {
    // The highest code point closes the range: no LIKE, whose wildcards would need escaping.
    const rows = this.file.all<{ term: string }>(
      `SELECT DISTINCT term FROM postings JOIN courses ON id = course_id WHERE term >= ? AND term < ? AND ${publishedHit} ORDER BY term LIMIT ?`,
      [prefix, `${prefix}\u{10ffff}`, limit],
    );
    return rows.map(({ term }) => term);
  }

  async corpus(): Promise<CorpusStats> {
    const sql = `SELECT count(*) AS documents, coalesce(sum(length), 0) AS totalLength FROM courses WHERE ${published}`;
    return this.file.get<CorpusStats>(sql) ?? { documents: 0, totalLength: 0 };
  }

  async revision(): Promise<number> {
    return (
      this.file.get<{ number: number }>(
        "SELECT number FROM singletons WHERE name = 'catalogue revision'",
      )?.number ?? 0
    );
  }

  /** @throws NoSuchRecord, VersionConflict */
  private versioned(id: string, expectedVersion: number): CourseRecord {
    const row = this.file.get<CourseRow>(`SELECT ${courseColumns} FROM courses WHERE id = ?`, [id]);
    if (!row) throw new NoSuchRecord(`course ${id}`);
    if (row.version !== expectedVersion) throw new VersionConflict(row.version);
    return courseOfRow(row);
  }

  private checkSlug(id: string, slug: string): void {
    if (this.file.get('SELECT 1 FROM courses WHERE slug = ? AND id <> ?', [slug, id]))
      throw new AlreadyExists(`slug ${slug}`);
  }

  private store(course: CourseRecord, terms: CourseTerms): void {
    const { lessonCount, minutes } = cardOf(course);
    const row = {
      id: course.id,
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
      created_at: course.createdAt,
      updated_at: course.updatedAt,
      enrolments: course.enrolments,
      rating_count: course.ratingCount,
      rating_sum: course.ratingSum,
      lesson_count: lessonCount,
      minutes,
      length: terms.length,
    };
    const names = Object.keys(row);
    this.file.run(
      `INSERT OR REPLACE INTO courses (${names.join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`,
      row,
    );
    for (const table of ['postings', 'course_tags'])
      this.file.run(`DELETE FROM ${table} WHERE course_id = ?`, [course.id]);
    for (const tag of new Set(course.tags))
      this.file.run('INSERT INTO course_tags (tag, course_id) VALUES (?, ?)', [tag, course.id]);
    for (const [term, frequency] of terms.frequencies) {
      this.file.run('INSERT INTO postings (term, course_id, frequency) VALUES (?, ?, ?)', [
        term,
        course.id,
        frequency,
      ]);
    }
    bumpRevision(this.handle);
  }
}

/** Within the transaction of every change that a list, a card or a search could show. */
export function bumpRevision({ file }: Handle): void {
  file.run("UPDATE singletons SET number = number + 1 WHERE name = 'catalogue revision'");
}
