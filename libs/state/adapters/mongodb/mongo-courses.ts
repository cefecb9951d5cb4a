import {
  AlreadyExists,
  type ChangesPage,
  type CourseCard,
  type CourseChanges,
  type CourseContent,
  type CourseDocument as StoredDocument,
  type CourseRecord,
  Courses,
  type CourseWrite,
  deletionsKeptMs,
  madeOf,
  NoSuchRecord,
  type PlannedWrite,
  planWrites,
  type StoredCourses,
  VersionConflict,
  type WriteOutcome,
} from '#libs/state';
import { Binary, type Filter } from 'mongodb';
import type { CatalogueRevision } from './catalogue-revision.js';
import {
  cardOfDocument,
  cardProjection,
  contentFields,
  type CourseDocument,
  recordOf,
  recordProjection,
  storedCourse,
} from './course-documents.js';
import { insertMissing } from './bulk.js';
import { changesOf, type Deletion } from './course-feed.js';
import type { CourseStatistics } from './course-statistics.js';
import { isDuplicateKey } from './errors.js';
import type { Handle } from './handle.js';

/** Updates of one batch that are under way together. */
const updatesAtOnce = 16;

/** A course is one document with what it is found by: that is always of one version. */
export class MongoCourses extends Courses {
  constructor(
    private readonly handle: Handle,
    private readonly statistics: CourseStatistics,
    private readonly catalogue: CatalogueRevision,
  ) {
    super();
  }

  private get courses() {
    return this.handle.collection<CourseDocument>('courses');
  }

  private get deletions() {
    return this.handle.collection<Deletion>('course_deletions');
  }

  async create(
    id: string,
    content: CourseContent,
    document: Uint8Array,
    at: number,
  ): Promise<CourseRecord> {
    const course = madeOf(id, content, at);
    return this.handle.write(() =>
      this.catalogue.around(async (revision) => {
        await this.insert(course, document, revision);
        return course;
      }),
    );
  }

  async update(
    id: string,
    expectedVersion: number,
    content: CourseContent,
    document: Uint8Array,
    at: number,
  ): Promise<CourseRecord> {
    return this.handle.write(async () => {
      const before = await this.versioned(id, expectedVersion);
      return this.catalogue.around(async (revision) =>
        this.recordOf(await this.replace(before, content, { document, at, revision })),
      );
    });
  }

  async writeAll(courses: readonly CourseWrite[], at: number): Promise<WriteOutcome[]> {
    if (courses.length === 0) return [];
    return this.handle.write(() =>
      this.catalogue.around(async (first) => {
        const { planned, outcomes } = planWrites(courses, await this.storedOf(courses), at);
        const numbered = planned.map((write, place) => ({ ...write, revision: first + place }));
        const [added, changed] = [
          numbered.filter(({ outcome }) => outcome === 'created'),
          numbered.filter(({ outcome }) => outcome === 'updated'),
        ];
        const made = await insertMissing(this.courses, added.map(storedCourse));
        const refused = new Map<string, WriteOutcome>(
          added.map(({ course }) => [course.id, 'taken']),
        );
        for (const { _id } of made) refused.delete(_id);
        for (let from = 0; from < changed.length; from += updatesAtOnce)
          await Promise.all(
            changed.slice(from, from + updatesAtOnce).map(async (write) => {
              const outcome = await this.updateOne(write, at);
              if (outcome !== 'updated') refused.set(write.course.id, outcome);
            }),
          );
        return outcomes.map((outcome, place) =>
          outcome === 'created' || outcome === 'updated'
            ? (refused.get(courses[place]?.id ?? '') ?? outcome)
            : outcome,
        );
      }, courses.length),
    );
  }

  /**
   * The course's document is what makes its learners and ratings count: they go after it. That it is
   * deleted is written down before: it counts once the course is gone.
   */
  async delete(id: string, expectedVersion: number): Promise<void> {
    await this.handle.write(async () => {
      const { course } = await this.versioned(id, expectedVersion);
      await this.catalogue.around(async (revision) => {
        await this.deletions.updateOne(
          { _id: id },
          { $max: { revision, at: this.handle.now } },
          { upsert: true },
        );
        const { deletedCount } = await this.courses.deleteOne({
          _id: id,
          course,
          version: expectedVersion,
        });
        if (deletedCount === 0) throw await this.conflict(id);
        for (const name of ['enrolments', 'ratings'])
          await this.handle.collection(name).deleteMany({ course });
      });
      await this.forgetDeletions();
    });
  }

  async byId(id: string): Promise<CourseRecord | null> {
    return this.find({ _id: id });
  }

  async bySlug(slug: string): Promise<CourseRecord | null> {
    return this.find({ slug });
  }

  async byIds(ids: readonly string[]): Promise<CourseRecord[]> {
    return this.several({ _id: { $in: [...new Set(ids)] } });
  }

  async bySlugs(slugs: readonly string[]): Promise<CourseRecord[]> {
    return this.several({ slug: { $in: [...new Set(slugs)] } });
  }

  async cards(ids: readonly string[]): Promise<CourseCard[]> {
    return this.handle.read(async () => {
      const found = await this.courses
        .find({ _id: { $in: [...new Set(ids)] } }, { projection: cardProjection })
        .toArray();
      return (await this.statistics.exact(found)).map(cardOfDocument);
    });
  }

  async export({ limit, after }: { limit: number; after?: string }): Promise<CourseRecord[]> {
    return this.handle.read(async () => {
      const found = await this.courses
        .find(after === undefined ? {} : { _id: { $gt: after } }, { projection: recordProjection })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray();
      return (await this.statistics.exact(found)).map(recordOf);
    });
  }

  async revision(): Promise<number> {
    return this.handle.read(() => this.catalogue.current());
  }

  async changes(page: ChangesPage): Promise<CourseChanges | null> {
    return this.handle.read(() =>
      changesOf(
        { courses: this.courses, deletions: this.deletions },
        { catalogue: this.catalogue, statistics: this.statistics },
        page,
      ),
    );
  }

  async documents({ limit, after }: { limit: number; after?: string }): Promise<StoredDocument[]> {
    return this.handle.read(async () => {
      const found = await this.courses
        .find(after === undefined ? {} : { _id: { $gt: after } })
        .project<Pick<CourseDocument, '_id' | 'version' | 'document'>>({ version: 1, document: 1 })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray();
      return found.map(({ _id, version, document }) => ({
        id: _id,
        version,
        document: document ? new Uint8Array(document.buffer) : null,
      }));
    });
  }

  async putDocuments(
    documents: readonly (StoredDocument & { document: Uint8Array })[],
  ): Promise<number> {
    return this.handle.write(async () => {
      let stored = 0;
      for (const { id, version, document } of documents) {
        const { matchedCount } = await this.courses.updateOne(
          { _id: id, version },
          { $set: { document: new Binary(document) }, $max: { documentRevision: 1 } },
        );
        stored += matchedCount;
      }
      return stored;
    });
  }

  /** @throws AlreadyExists */
  private async insert(
    course: CourseRecord,
    document: Uint8Array,
    revision: number,
  ): Promise<void> {
    try {
      await this.courses.insertOne(storedCourse({ course, document, revision }));
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const taken = await this.courses.findOne({ _id: course.id }, { readConcern: 'local' });
      throw new AlreadyExists(taken ? `course ${course.id}` : `slug ${course.slug}`);
    }
  }

  /** @throws VersionConflict, NoSuchRecord, AlreadyExists */
  private async replace(
    { _id, version }: Pick<CourseDocument, '_id' | 'version'>,
    content: CourseContent,
    { document, at, revision }: { document: Uint8Array; at: number; revision: number },
  ): Promise<CourseDocument> {
    const absent = (['coverUrl', 'publishedAt'] as const).filter(
      (field) => content[field] === undefined,
    );
    try {
      const changed = await this.courses.findOneAndUpdate(
        { _id, version },
        {
          $set: {
            ...contentFields(content),
            document: new Binary(document),
            updatedAt: at,
          },
          $inc: { version: 1 },
          $max: { revision, documentRevision: revision },
          ...(absent.length > 0 && {
            $unset: Object.fromEntries(absent.map((field) => [field, '' as const])),
          }),
        },
        { returnDocument: 'after', projection: recordProjection },
      );
      if (changed) return changed;
    } catch (error) {
      throw isDuplicateKey(error) ? new AlreadyExists(`slug ${content.slug}`) : error;
    }
    throw await this.conflict(_id);
  }

  private async storedOf(courses: readonly CourseWrite[]): Promise<StoredCourses> {
    const ids = courses.map(({ id }) => id);
    const slugs = courses.map(({ content }) => content.slug);
    const found = await this.courses
      .find({ $or: [{ _id: { $in: ids } }, { slug: { $in: slugs } }] })
      .project<CourseDocument>({ ...recordProjection, description: 0 })
      .toArray();
    return {
      byId: new Map(found.map((course) => [course._id, recordOf(course)])),
      slugOwners: new Map(found.map(({ _id, slug }) => [slug, _id])),
    };
  }

  private async updateOne(
    { course, document, revision }: PlannedWrite & { revision: number },
    at: number,
  ): Promise<WriteOutcome> {
    try {
      const before = { _id: course.id, version: course.version - 1 };
      await this.replace(before, course, { document, at, revision });
      return 'updated';
    } catch (error) {
      if (error instanceof AlreadyExists) return 'taken';
      if (error instanceof VersionConflict || error instanceof NoSuchRecord) return 'conflict';
      throw error;
    }
  }

  /** What is told of no more is forgotten first, so that nobody who lacks it goes on without. */
  private async forgetDeletions(): Promise<void> {
    const old = { at: { $lt: this.handle.now - deletionsKeptMs } };
    const [last] = await this.deletions.find(old).sort({ revision: -1 }).limit(1).toArray();
    if (!last) return;
    await this.catalogue.forget(last.revision);
    await this.deletions.deleteMany({ ...old, revision: { $lte: last.revision } });
  }

  private async find(filter: { _id: string } | { slug: string }): Promise<CourseRecord | null> {
    return this.handle.read(async () => {
      const found = await this.courses.findOne(filter, { projection: recordProjection });
      return found && this.recordOf(found);
    });
  }

  private async several(filter: Filter<CourseDocument>): Promise<CourseRecord[]> {
    return this.handle.read(async () => {
      const found = await this.courses.find(filter, { projection: recordProjection }).toArray();
      return (await this.statistics.exact(found)).map(recordOf);
    });
  }

  private async recordOf(found: CourseDocument): Promise<CourseRecord> {
    const [exact = found] = await this.statistics.exact([found]);
    return recordOf(exact);
  }

  /** @throws NoSuchRecord, VersionConflict */
  private async versioned(id: string, expectedVersion: number): Promise<CourseDocument> {
    const found = await this.courses.findOne(
      { _id: id },
      { projection: cardProjection, readConcern: 'local' },
    );
    if (found?.version === expectedVersion) return found;
    throw found ? new VersionConflict(found.version) : new NoSuchRecord(`course ${id}`);
  }

  /** Why a write that named a version found nothing. */
  private async conflict(id: string): Promise<Error> {
    const found = await this.courses.findOne({ _id: id }, { readConcern: 'local' });
    return found ? new VersionConflict(found.version) : new NoSuchRecord(`course ${id}`);
  }
}
