import type { Millis } from '#libs/kernel';
import {
  AlreadyExists,
  type CourseContent,
  type CourseRecord,
  type Courses,
  VersionConflict,
} from '#libs/state';
import { indexOf } from '../../domain/content.js';

export interface CourseWrite {
  id: string;
  /** Null where the course is new. */
  expectedVersion: number | null;
  content: CourseContent;
}

export type WriteOutcome = 'created' | 'updated' | 'conflict' | 'taken';

export async function bySlugs(courses: Courses, slugs: readonly string[]): Promise<CourseRecord[]> {
  const found: CourseRecord[] = [];
  for (const slug of slugs) {
    const course = await courses.bySlug(slug);
    if (course) found.push(course);
  }
  return found;
}

/** Outcomes in the order given. */
export async function writeAll(
  courses: Courses,
  writes: readonly CourseWrite[],
  at: Millis,
): Promise<WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [];
  for (const { id, expectedVersion, content } of writes) {
    const terms = indexOf(content);
    try {
      if (expectedVersion === null) await courses.create(id, content, terms, at);
      else await courses.update(id, expectedVersion, content, terms, at);
      outcomes.push(expectedVersion === null ? 'created' : 'updated');
    } catch (error) {
      if (error instanceof VersionConflict) outcomes.push('conflict');
      else if (error instanceof AlreadyExists) outcomes.push('taken');
      else throw error;
    }
  }
  return outcomes;
}
