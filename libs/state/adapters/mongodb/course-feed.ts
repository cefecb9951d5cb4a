import type { Collection } from 'mongodb';
import { isStale } from '#libs/state';
import type { ChangesPage, CourseChange, CourseChanges } from '#libs/state';
import type { CatalogueRevision } from './catalogue-revision.js';
import { cardProjection, type CourseDocument, factsOf } from './course-documents.js';
import type { CourseStatistics } from './course-statistics.js';

/** That a course was, or was to be, deleted. It counts where there is no course of that id. */
export interface Deletion {
  _id: string;
  revision: number;
  at: number;
}

interface Sources {
  courses: Collection<CourseDocument>;
  deletions: Collection<Deletion>;
}

/** The position is read first: what is written in between, or is still under way, is told again the next time. */
export async function changesOf(
  { courses, deletions }: Sources,
  { catalogue, statistics }: { catalogue: CatalogueRevision; statistics: CourseStatistics },
  { known, after = known, limit }: ChangesPage,
): Promise<CourseChanges | null> {
  const position = await catalogue.position();
  const page = { revision: { $gt: after } };
  // Deletions first: a course that is gone by the time courses are looked for is told the next time.
  const gone = await deletions.find(page).sort({ revision: 1 }).limit(limit).toArray();
  const { number, forgotten } = await catalogue.position();
  if (isStale({ known, after, revision: number, forgotten })) return null;
  const changed = await courses
    .find(page, { projection: cardProjection })
    .sort({ revision: 1 })
    .limit(limit)
    .toArray();
  const there = await existing(courses, gone);
  // One that was cut short may have more below where the other ends.
  const ends = [gone, changed].flatMap((list) =>
    list.length < limit ? [] : (list.at(-1)?.revision ?? []),
  );
  const next = ends.length > 0 ? Math.min(...ends) : null;
  const told = [
    ...gone.filter(({ _id }) => !there.has(_id)).map(({ _id: id, revision }) => ({ id, revision })),
    ...changed.map((course) => ({ id: course._id, revision: course.revision, course })),
  ]
    .filter(({ revision }) => next === null || revision <= next)
    .sort((one, other) => one.revision - other.revision);
  const documents = await documentsOf(courses, told, known);
  const exact = await statistics.exact(changed);
  const byId = new Map(exact.map((course) => [course._id, course]));
  const items = told.map(({ id, revision }): CourseChange => {
    const course = byId.get(id);
    const document = documents.get(id);
    return {
      id,
      revision,
      facts: course ? factsOf(course) : null,
      ...(course && document && { document }),
    };
  });
  return { items, next, revision: Math.max(known, position.known) };
}

async function existing(
  courses: Collection<CourseDocument>,
  deletions: readonly Deletion[],
): Promise<Set<string>> {
  if (deletions.length === 0) return new Set();
  const ids = deletions.map(({ _id }) => _id);
  const found = await courses.find({ _id: { $in: ids } }, { projection: { _id: 1 } }).toArray();
  return new Set(found.map(({ _id }) => _id));
}

/** Of those that were written after what the reader knew; of the others he has them. */
async function documentsOf(
  courses: Collection<CourseDocument>,
  told: readonly { id: string; revision: number; course?: CourseDocument }[],
  known: number,
): Promise<Map<string, Uint8Array>> {
  const ids = told.flatMap(({ id, course }) =>
    (course?.documentRevision ?? 0) > known ? [id] : [],
  );
  if (ids.length === 0) return new Map();
  const found = await courses
    .find({ _id: { $in: ids } })
    .project<Pick<CourseDocument, '_id' | 'document'>>({ document: 1 })
    .toArray();
  return new Map(
    found.flatMap(({ _id, document }) =>
      document ? [[_id, new Uint8Array(document.buffer)] as const] : [],
    ),
  );
}
