import {
  AlreadyExists,
  compareCodePoints,
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
  newEpoch,
  NoSuchRecord,
  type Posting,
  type SortKey,
  VersionConflict,
} from '#libs/state';
import type { CatalogueRevision } from './catalogue-revision.js';
import {
  cardOfDocument,
  cardProjection,
  contentFields,
  type CourseDocument,
  filterOf,
  ratingOf,
  recordOf,
} from './course-documents.js';
import type { CourseStatistics } from './course-statistics.js';
import { isDuplicateKey } from './errors.js';
import type { Handle } from './handle.js';

/** The field a list is sorted by, the direction, and the comparison that continues after a key. */
const orders = {
  newest: { field: 'newest', direction: -1, next: '$lt' },
  rating: { field: 'rating', direction: -1, next: '$lt' },
  popular: { field: 'enrolments', direction: -1, next: '$lt' },
  title: { field: 'titleKey', direction: 1, next: '$gt' },
} as const satisfies Record<
  CourseSort,
  { field: keyof CourseDocument; direction: 1 | -1; next: string }
>;

const published = { status: 'published' } as const;

/** A course is one document with its search terms: what is found of it is always of one version. */
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

  async create(
    id: string,
    content: CourseContent,
    terms: CourseTerms,
    at: number,
  ): Promise<CourseRecord> {
    const stats = { enrolments: 0, ratingCount: 0, ratingSum: 0 };
    const document: CourseDocument = {
      _id: id,
      course: newEpoch(),
      ...contentFields(content, terms, at),
      version: 1,
      createdAt: at,
      updatedAt: at,
      ...stats,
      rating: ratingOf(stats),
      changing: [],
      tick: 0,
    };
    return this.handle.write(() =>
      this.catalogue.around(async () => {
        try {
          await this.courses.insertOne(document);
        } catch (error) {
          if (!isDuplicateKey(error)) throw error;
          const taken = await this.courses.findOne({ _id: id }, { readConcern: 'local' });
          throw new AlreadyExists(taken ? `course ${id}` : `slug ${content.slug}`);
        }
        return structuredClone(recordOf(document));
      }),
    );
  }

  async update(
    id: string,
    expectedVersion: number,
    content: CourseContent,
    terms: CourseTerms,
    at: number,
  ): Promise<CourseRecord> {
    return this.handle.write(() =>
      this.catalogue.around(async () => {
        const { createdAt } = await this.versioned(id, expectedVersion);
        const absent = (['coverUrl', 'publishedAt'] as const).filter(
          (field) => content[field] === undefined,
        );
        try {
          const changed = await this.courses.findOneAndUpdate(
            { _id: id, version: expectedVersion },
            {
              $set: { ...contentFields(content, terms, createdAt), updatedAt: at },
              $inc: { version: 1 },
              ...(absent.length > 0 && {
                $unset: Object.fromEntries(absent.map((field) => [field, '' as const])),
              }),
            },
            { returnDocument: 'after' },
          );
          if (changed) return await this.recordOf(changed);
        } catch (error) {
          throw isDuplicateKey(error) ? new AlreadyExists(`slug ${content.slug}`) : error;
        }
        throw await this.conflict(id);
      }),
    );
  }

  /** The course's document is what makes its learners and ratings count: they go after it. */
  async delete(id: string, expectedVersion: number): Promise<void> {
    await this.handle.write(() =>
      this.catalogue.around(async () => {
        const { course } = await this.versioned(id, expectedVersion);
        const { deletedCount } = await this.courses.deleteOne({
          _id: id,
          course,
          version: expectedVersion,
        });
        if (deletedCount === 0) throw await this.conflict(id);
        for (const name of ['enrolments', 'ratings'])
          await this.handle.collection(name).deleteMany({ course });
      }),
    );
  }

  async byId(id: string): Promise<CourseRecord | null> {
    return this.find({ _id: id });
  }

  async bySlug(slug: string): Promise<CourseRecord | null> {
    return this.find({ slug });
  }

  async cards(ids: readonly string[]): Promise<CourseCard[]> {
    return this.handle.read(async () => {
      const found = await this.courses
        .find({ _id: { $in: [...new Set(ids)] } }, { projection: cardProjection })
        .toArray();
      return (await this.statistics.exact(found)).map(cardOfDocument);
    });
  }

  async list({
    filter,
    sort,
    limit,
    after,
  }: CourseQuery): Promise<{ items: CourseCard[]; next: SortKey | null }> {
    const { field, direction, next } = orders[sort];
    const beyond = after && {
      $or: [{ [field]: { [next]: after.value } }, { [field]: after.value, _id: { $gt: after.id } }],
    };
    return this.handle.read(async () => {
      const found = await this.courses
        .find({ ...filterOf(filter), ...beyond }, { projection: cardProjection })
        .sort({ [field]: direction, _id: 1 })
        .limit(limit + 1)
        .toArray();
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      return {
        items: (await this.statistics.exact(shown)).map(cardOfDocument),
        // As the list is sorted, also where the count shown is newer.
        next: found.length > limit && last ? { value: last[field], id: last._id } : null,
      };
    });
  }

  async count(filter: CourseFilter): Promise<number> {
    return this.handle.read(() => this.courses.countDocuments(filterOf(filter)));
  }

  async facets(
    filter: CourseFilter,
    fields: readonly FacetField[],
  ): Promise<Map<FacetField, FacetCount[]>> {
    return this.handle.read(async () => {
      const facets = await Promise.all(
        fields.map(async (field) => [field, await this.facet(filter, field)] as const),
      );
      return new Map(facets);
    });
  }

  async export({ limit, after }: { limit: number; after?: string }): Promise<CourseRecord[]> {
    return this.handle.read(async () => {
      const found = await this.courses
        .find(after === undefined ? {} : { _id: { $gt: after } })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray();
      return (await this.statistics.exact(found)).map(recordOf);
    });
  }

  async postings(terms: readonly string[]): Promise<Posting[]> {
    const wanted = { 'terms.term': { $in: [...new Set(terms)] } };
    return this.handle.read(() =>
      this.courses
        .aggregate<Posting>([
          { $match: { ...published, ...wanted } },
          { $unwind: '$terms' },
          { $match: wanted },
          {
            $project: {
              _id: 0,
              term: '$terms.term',
              courseId: '$_id',
              frequency: '$terms.frequency',
              length: 1,
            },
          },
        ])
        .toArray(),
    );
  }

  async termsWithPrefix(prefix: string, limit: number): Promise<string[]> {
    // The highest code point closes the range: no regular expression, whose signs would need escaping.
    const wanted = { 'terms.term': { $gte: prefix, $lt: `${prefix}\u{10ffff}` } };
    return this.handle.read(async () => {
      const found = await this.courses
        .aggregate<{ _id: string }>([
          { $match: { ...published, terms: { $elemMatch: { term: wanted['terms.term'] } } } },
          { $unwind: '$terms' },
          { $match: wanted },
          { $group: { _id: '$terms.term' } },
          { $sort: { _id: 1 } },
          { $limit: limit },
        ])
        .toArray();
      return found.map(({ _id }) => _id);
    });
  }

  async corpus(): Promise<CorpusStats> {
    return this.handle.read(async () => {
      const [found] = await this.courses
        .aggregate<CorpusStats>([
          { $match: published },
          { $group: { _id: null, documents: { $sum: 1 }, totalLength: { $sum: '$length' } } },
          { $project: { _id: 0, documents: 1, totalLength: 1 } },
        ])
        .toArray();
      return found ?? { documents: 0, totalLength: 0 };
    });
  }

  async revision(): Promise<number> {
    return this.handle.read(() => this.catalogue.current());
  }

  private async find(filter: { _id: string } | { slug: string }): Promise<CourseRecord | null> {
    return this.handle.read(async () => {
      const found = await this.courses.findOne(filter, { projection: { terms: 0 } });
      return found && this.recordOf(found);
    });
  }

  private async recordOf(found: CourseDocument): Promise<CourseRecord> {
    const [exact = found] = await this.statistics.exact([found]);
    return recordOf(exact);
  }

  private async facet(filter: CourseFilter, field: FacetField): Promise<FacetCount[]> {
    const counted = await this.courses
      .aggregate<{ _id: string; count: number }>([
        { $match: filterOf(filter) },
        ...(field === 'tag' ? [{ $unwind: '$tagSet' }] : []),
        { $group: { _id: field === 'tag' ? '$tagSet' : `$${field}`, count: { $sum: 1 } } },
      ])
      .toArray();
    return counted
      .map(({ _id, count }) => ({ value: _id, count }))
      .sort((one, other) => other.count - one.count || compareCodePoints(one.value, other.value));
  }

  /** @throws NoSuchRecord, VersionConflict */
  private async versioned(id: string, expectedVersion: number): Promise<CourseDocument> {
    const found = await this.courses.findOne(
      { _id: id },
      { projection: { terms: 0, description: 0 }, readConcern: 'local' },
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
