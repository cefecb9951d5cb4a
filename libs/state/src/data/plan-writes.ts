import type { Millis } from '#libs/kernel';
import { madeOf, updatedTo } from './course-versions.js';
import type { CourseRecord, CourseWrite, WriteOutcome } from './courses.js';

export interface PlannedWrite {
  course: CourseRecord;
  document: Uint8Array;
  outcome: 'created' | 'updated';
}

/** What is there of the courses to be written: those with their ids, and whose their slugs are. */
export interface StoredCourses {
  byId: ReadonlyMap<string, CourseRecord>;
  slugOwners: ReadonlyMap<string, string>;
}

/** Which of `given` are written, and as what; `outcomes` of all, in their order. See Courses.writeAll. */
export function planWrites(
  given: readonly CourseWrite[],
  { byId, slugOwners }: StoredCourses,
  at: Millis,
): { planned: PlannedWrite[]; outcomes: WriteOutcome[] } {
  const owners = new Map(slugOwners);
  const planned = new Map<string, PlannedWrite>();
  const outcomes = given.map(({ id, expectedVersion, content, document }): WriteOutcome => {
    const stored = byId.get(id);
    if (planned.has(id) || (stored?.version ?? null) !== expectedVersion)
      return expectedVersion === null ? 'taken' : 'conflict';
    if ((owners.get(content.slug) ?? id) !== id) return 'taken';
    owners.set(content.slug, id);
    const outcome = stored ? 'updated' : 'created';
    const course = stored ? updatedTo(stored, content, at) : madeOf(id, content, at);
    planned.set(id, { course, document, outcome });
    return outcome;
  });
  return { planned: [...planned.values()], outcomes };
}
