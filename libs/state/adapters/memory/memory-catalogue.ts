import {
  type CourseRecord,
  type CourseTerms,
  type EnrolmentRecord,
  NoSuchRecord,
  type RatingRecord,
} from '#libs/state';
import type { Gate } from './base.js';

export const pairKey = (user: string, courseId: string): string => `${user}\n${courseId}`;

/** What the catalogue and its learners share: a course's statistics change with its learners. */
export class MemoryCatalogue {
  readonly courses = new Map<string, CourseRecord>();
  readonly bySlug = new Map<string, string>();
  readonly terms = new Map<string, CourseTerms>();
  /** term → ids of published courses */
  readonly index = new Map<string, Set<string>>();
  readonly enrolments = new Map<string, EnrolmentRecord>();
  readonly ratings = new Map<string, RatingRecord>();
  revision = 0;

  constructor(private readonly gate: Gate) {}

  existing(id: string): CourseRecord {
    this.gate.check();
    const course = this.courses.get(id);
    if (!course) throw new NoSuchRecord(`course ${id}`);
    return course;
  }

  reindex(course: CourseRecord, terms: CourseTerms): void {
    this.unindex(course.id);
    this.terms.set(course.id, { frequencies: new Map(terms.frequencies), length: terms.length });
    if (course.status !== 'published') return;
    for (const term of terms.frequencies.keys()) {
      const ids = this.index.get(term);
      if (ids) ids.add(course.id);
      else this.index.set(term, new Set([course.id]));
    }
  }

  unindex(id: string): void {
    for (const term of this.terms.get(id)?.frequencies.keys() ?? []) {
      const ids = this.index.get(term);
      ids?.delete(id);
      if (ids?.size === 0) this.index.delete(term);
    }
    this.terms.delete(id);
  }
}
