import {
  AlreadyExists,
  cardOf,
  compareCodePoints,
  compareSortKeys,
  countFacet,
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
  matchesFilter,
  type Posting,
  type SortKey,
  sortValue,
  VersionConflict,
} from '#libs/state';
import type { Gate } from './base.js';
import type { MemoryCatalogue } from './memory-catalogue.js';

export class MemoryCourses extends Courses {
  constructor(
    private readonly gate: Gate,
    private readonly catalogue: MemoryCatalogue,
  ) {
    super();
  }

  async create(
    id: string,
    content: CourseContent,
    terms: CourseTerms,
    at: number,
  ): Promise<CourseRecord> {
    this.gate.check();
    if (this.catalogue.courses.has(id)) throw new AlreadyExists(`course ${id}`);
    this.takeSlug(id, content.slug);
    const course: CourseRecord = {
      ...structuredClone(content),
      id,
      version: 1,
      enrolments: 0,
      ratingCount: 0,
      ratingSum: 0,
      createdAt: at,
      updatedAt: at,
    };
    this.catalogue.courses.set(id, course);
    return this.changed(course, terms);
  }

  async update(
    id: string,
    expectedVersion: number,
    content: CourseContent,
    terms: CourseTerms,
    at: number,
  ): Promise<CourseRecord> {
    const before = this.catalogue.existing(id);
    if (before.version !== expectedVersion) throw new VersionConflict(before.version);
    this.takeSlug(id, content.slug);
    if (before.slug !== content.slug) this.catalogue.bySlug.delete(before.slug);
    const { version, enrolments, ratingCount, ratingSum, createdAt } = before;
    const course: CourseRecord = {
      ...structuredClone(content),
      id,
      version: version + 1,
      enrolments,
      ratingCount,
      ratingSum,
      createdAt,
      updatedAt: at,
    };
    this.catalogue.courses.set(id, course);
    return this.changed(course, terms);
  }

  async delete(id: string, expectedVersion: number): Promise<void> {
    const { courses, bySlug, enrolments, ratings } = this.catalogue;
    const course = this.catalogue.existing(id);
    if (course.version !== expectedVersion) throw new VersionConflict(course.version);
    this.catalogue.unindex(id);
    courses.delete(id);
    bySlug.delete(course.slug);
    for (const records of [enrolments, ratings]) {
      for (const [key, { courseId }] of records) if (courseId === id) records.delete(key);
    }
    this.catalogue.revision += 1;
  }

  async byId(id: string): Promise<CourseRecord | null> {
    this.gate.check();
    return structuredClone(this.catalogue.courses.get(id) ?? null);
  }

  async bySlug(slug: string): Promise<CourseRecord | null> {
    return this.byId(this.catalogue.bySlug.get(slug) ?? '');
  }

  async cards(ids: readonly string[]): Promise<CourseCard[]> {
    this.gate.check();
    return [...new Set(ids)].flatMap((id) => {
      const course = this.catalogue.courses.get(id);
      return course ? [structuredClone(cardOf(course))] : [];
    });
  }

  async list({
    filter,
    sort,
    limit,
    after,
  }: CourseQuery): Promise<{ items: CourseCard[]; next: SortKey | null }> {
    const compare = (one: SortKey, other: SortKey) => compareSortKeys(sort, one, other);
    const sorted = this.matching(filter)
      .map((course) => ({ course, key: { value: sortValue(course, sort), id: course.id } }))
      .filter(({ key }) => !after || compare(key, after) > 0)
      .sort((one, other) => compare(one.key, other.key));
    const shown = sorted.slice(0, limit);
    return {
      items: shown.map(({ course }) => structuredClone(cardOf(course))),
      next: sorted.length > limit ? (shown.at(-1)?.key ?? null) : null,
    };
  }

  async count(filter: CourseFilter): Promise<number> {
    return this.matching(filter).length;
  }

  async facets(
    filter: CourseFilter,
    fields: readonly FacetField[],
  ): Promise<Map<FacetField, FacetCount[]>> {
    const courses = this.matching(filter);
    return new Map(fields.map((field) => [field, countFacet(courses, field)]));
  }

  async export({ limit, after }: { limit: number; after?: string }): Promise<CourseRecord[]> {
    this.gate.check();
    const ids = [...this.catalogue.courses.keys()].filter(
      (id) => after === undefined || compareCodePoints(id, after) > 0,
    );
    return ids
      .sort(compareCodePoints)
      .slice(0, limit)
      .map((id) => structuredClone(this.catalogue.existing(id)));
  }

  async postings(terms: readonly string[]): Promise<Posting[]> {
    this.gate.check();
    return [...new Set(terms)].flatMap((term) =>
      [...(this.catalogue.index.get(term) ?? [])].flatMap((courseId) => {
        const indexed = this.catalogue.terms.get(courseId);
        return indexed
          ? [
              {
                term,
                courseId,
                frequency: indexed.frequencies.get(term) ?? 0,
                length: indexed.length,
              },
            ]
          : [];
      }),
    );
  }

  async termsWithPrefix(prefix: string, limit: number): Promise<string[]> {
    this.gate.check();
    return [...this.catalogue.index.keys()]
      .filter((term) => term.startsWith(prefix))
      .sort(compareCodePoints)
      .slice(0, limit);
  }

  async corpus(): Promise<CorpusStats> {
    const published = this.matching({ status: ['published'] });
    const totalLength = published.reduce(
      (sum, { id }) => sum + (this.catalogue.terms.get(id)?.length ?? 0),
      0,
    );
    return { documents: published.length, totalLength };
  }

  async revision(): Promise<number> {
    this.gate.check();
    return this.catalogue.revision;
  }

  private matching(filter: CourseFilter): CourseRecord[] {
    this.gate.check();
    return [...this.catalogue.courses.values()].filter((course) => matchesFilter(course, filter));
  }

  private takeSlug(id: string, slug: string): void {
    const owner = this.catalogue.bySlug.get(slug);
    if (owner !== undefined && owner !== id) throw new AlreadyExists(`slug ${slug}`);
    this.catalogue.bySlug.set(slug, id);
  }

  private changed(course: CourseRecord, terms: CourseTerms): CourseRecord {
    this.catalogue.reindex(course, terms);
    this.catalogue.revision += 1;
    return structuredClone(course);
  }
}
