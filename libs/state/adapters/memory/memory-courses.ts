import {
  AlreadyExists,
  type ChangesPage,
  cardOf,
  compareCodePoints,
  type CourseCard,
  type CourseChange,
  type CourseChanges,
  type CourseContent,
  type CourseDocument,
  type CourseRecord,
  Courses,
  type CourseWrite,
  isStale,
  madeOf,
  planWrites,
  updatedTo,
  VersionConflict,
  type WriteOutcome,
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
    document: Uint8Array,
    at: number,
  ): Promise<CourseRecord> {
    this.gate.check();
    if (this.catalogue.courses.has(id)) throw new AlreadyExists(`course ${id}`);
    this.checkSlug(id, content.slug);
    return this.put(madeOf(id, content, at), document);
  }

  async update(
    id: string,
    expectedVersion: number,
    content: CourseContent,
    document: Uint8Array,
    at: number,
  ): Promise<CourseRecord> {
    const before = this.catalogue.existing(id);
    if (before.version !== expectedVersion) throw new VersionConflict(before.version);
    this.checkSlug(id, content.slug);
    return this.put(updatedTo(before, content, at), document);
  }

  async writeAll(courses: readonly CourseWrite[], at: number): Promise<WriteOutcome[]> {
    this.gate.check();
    const { courses: byId, bySlug: slugOwners } = this.catalogue;
    const { planned, outcomes } = planWrites(courses, { byId, slugOwners }, at);
    for (const { course, document } of planned) this.put(course, document);
    return outcomes;
  }

  async delete(id: string, expectedVersion: number): Promise<void> {
    const { courses, bySlug, enrolments, ratings } = this.catalogue;
    const course = this.catalogue.existing(id);
    if (course.version !== expectedVersion) throw new VersionConflict(course.version);
    this.catalogue.documents.delete(id);
    courses.delete(id);
    bySlug.delete(course.slug);
    for (const records of [enrolments, ratings]) {
      for (const [key, { courseId }] of records) if (courseId === id) records.delete(key);
    }
    this.catalogue.deleted(id);
  }

  async byId(id: string): Promise<CourseRecord | null> {
    this.gate.check();
    return structuredClone(this.catalogue.courses.get(id) ?? null);
  }

  async bySlug(slug: string): Promise<CourseRecord | null> {
    return this.byId(this.catalogue.bySlug.get(slug) ?? '');
  }

  async byIds(ids: readonly string[]): Promise<CourseRecord[]> {
    this.gate.check();
    return [...new Set(ids)].flatMap((id) => {
      const course = this.catalogue.courses.get(id);
      return course ? [structuredClone(course)] : [];
    });
  }

  async bySlugs(slugs: readonly string[]): Promise<CourseRecord[]> {
    return this.byIds(slugs.flatMap((slug) => this.catalogue.bySlug.get(slug) ?? []));
  }

  async cards(ids: readonly string[]): Promise<CourseCard[]> {
    this.gate.check();
    return [...new Set(ids)].flatMap((id) => {
      const course = this.catalogue.courses.get(id);
      return course ? [structuredClone(cardOf(course))] : [];
    });
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

  async revision(): Promise<number> {
    this.gate.check();
    return this.catalogue.revision;
  }

  async changes({ known, after = known, limit }: ChangesPage): Promise<CourseChanges | null> {
    this.gate.check();
    const { revision, forgotten } = this.catalogue;
    if (isStale({ known, after, revision, forgotten })) return null;
    const found = this.catalogue.changesAfter(after, limit);
    const next = found.length < limit ? null : (found.at(-1)?.revision ?? null);
    return { items: found.map((change) => this.changeOf(change, known)), next, revision };
  }

  async documents({ limit, after }: { limit: number; after?: string }): Promise<CourseDocument[]> {
    const courses = await this.export({ limit, ...(after !== undefined && { after }) });
    return courses.map(({ id, version }) => ({
      id,
      version,
      document: this.catalogue.documents.get(id)?.document ?? null,
    }));
  }

  async putDocuments(
    documents: readonly (CourseDocument & { document: Uint8Array })[],
  ): Promise<number> {
    this.gate.check();
    const { courses, documents: stored } = this.catalogue;
    const current = documents.filter(({ id, version }) => courses.get(id)?.version === version);
    for (const { id, document } of current)
      stored.set(id, { revision: stored.get(id)?.revision ?? 1, document: document.slice() });
    return current.length;
  }

  private changeOf(
    { id, revision }: { id: string; revision: number },
    known: number,
  ): CourseChange {
    const course = this.catalogue.courses.get(id);
    if (!course) return { id, revision, facts: null };
    const { title, status, category, level, language, instructorId, tags } = course;
    const { publishedAt, createdAt, enrolments, ratingCount, ratingSum } = course;
    const stored = this.catalogue.documents.get(id);
    return {
      id,
      revision,
      facts: {
        ...{ title, status, category, level, language, instructorId, tags: [...tags] },
        ...(publishedAt !== undefined && { publishedAt }),
        ...{ createdAt, enrolments, ratingCount, ratingSum },
      },
      ...(stored && stored.revision > known && { document: stored.document.slice() }),
    };
  }

  private checkSlug(id: string, slug: string): void {
    const owner = this.catalogue.bySlug.get(slug);
    if (owner !== undefined && owner !== id) throw new AlreadyExists(`slug ${slug}`);
  }

  private put(course: CourseRecord, document: Uint8Array): CourseRecord {
    const { courses, bySlug, documents } = this.catalogue;
    const before = courses.get(course.id);
    if (before) bySlug.delete(before.slug);
    courses.set(course.id, course);
    bySlug.set(course.slug, course.id);
    this.catalogue.changed(course.id);
    documents.set(course.id, { revision: this.catalogue.revision, document: document.slice() });
    return structuredClone(course);
  }
}
