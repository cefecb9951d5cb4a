import {
  compareCodePoints,
  type EnrolmentRecord,
  Learning,
  NoSuchRecord,
  type RatingRecord,
} from '#libs/state';
import type { Gate } from './base.js';
import { type MemoryCatalogue, pairKey } from './memory-catalogue.js';

export class MemoryLearning extends Learning {
  constructor(
    private readonly gate: Gate,
    private readonly catalogue: MemoryCatalogue,
  ) {
    super();
  }

  async enrol(
    user: string,
    courseId: string,
    at: number,
  ): Promise<{ enrolment: EnrolmentRecord; created: boolean }> {
    const course = this.catalogue.existing(courseId);
    const before = this.catalogue.enrolments.get(pairKey(user, courseId));
    if (before) return { enrolment: structuredClone(before), created: false };
    const enrolment: EnrolmentRecord = { user, courseId, enrolledAt: at, completedLessons: [] };
    this.catalogue.enrolments.set(pairKey(user, courseId), enrolment);
    course.enrolments += 1;
    this.catalogue.changed(courseId);
    return { enrolment: structuredClone(enrolment), created: true };
  }

  async leave(user: string, courseId: string): Promise<boolean> {
    this.gate.check();
    if (!this.catalogue.enrolments.delete(pairKey(user, courseId))) return false;
    this.catalogue.existing(courseId).enrolments -= 1;
    this.catalogue.changed(courseId);
    return true;
  }

  async enrolment(user: string, courseId: string): Promise<EnrolmentRecord | null> {
    this.gate.check();
    return structuredClone(this.catalogue.enrolments.get(pairKey(user, courseId)) ?? null);
  }

  async enrolmentsOf(
    user: string,
    { limit, after }: { limit: number; after?: { enrolledAt: number; courseId: string } },
  ): Promise<EnrolmentRecord[]> {
    this.gate.check();
    type Key = Pick<EnrolmentRecord, 'enrolledAt' | 'courseId'>;
    const compare = (one: Key, other: Key) =>
      other.enrolledAt - one.enrolledAt || compareCodePoints(one.courseId, other.courseId);
    return [...this.catalogue.enrolments.values()]
      .filter((enrolment) => enrolment.user === user && (!after || compare(enrolment, after) > 0))
      .sort(compare)
      .slice(0, limit)
      .map((enrolment) => structuredClone(enrolment));
  }

  async setLesson(
    user: string,
    courseId: string,
    lessonId: string,
    completed: boolean,
  ): Promise<EnrolmentRecord> {
    this.gate.check();
    const enrolment = this.catalogue.enrolments.get(pairKey(user, courseId));
    if (!enrolment) throw new NoSuchRecord(`enrolment of ${user} in ${courseId}`);
    const others = enrolment.completedLessons.filter((id) => id !== lessonId);
    if (!completed) enrolment.completedLessons = others;
    else if (others.length === enrolment.completedLessons.length)
      enrolment.completedLessons = [...others, lessonId];
    return structuredClone(enrolment);
  }

  async rate(rating: RatingRecord): Promise<void> {
    const course = this.catalogue.existing(rating.courseId);
    const key = pairKey(rating.user, rating.courseId);
    const before = this.catalogue.ratings.get(key);
    course.ratingCount += before ? 0 : 1;
    course.ratingSum += rating.stars - (before?.stars ?? 0);
    this.catalogue.ratings.set(key, { ...rating });
    this.catalogue.changed(rating.courseId);
  }

  async importAll(
    enrolments: readonly EnrolmentRecord[],
    ratings: readonly RatingRecord[],
  ): Promise<void> {
    this.gate.check();
    for (const enrolment of enrolments) {
      const key = pairKey(enrolment.user, enrolment.courseId);
      if (!this.catalogue.courses.has(enrolment.courseId) || this.catalogue.enrolments.has(key))
        continue;
      await this.enrol(enrolment.user, enrolment.courseId, enrolment.enrolledAt);
      this.catalogue.enrolments.set(key, structuredClone(enrolment));
    }
    for (const rating of ratings) {
      const key = pairKey(rating.user, rating.courseId);
      if (this.catalogue.courses.has(rating.courseId) && !this.catalogue.ratings.has(key))
        await this.rate(rating);
    }
  }
}
