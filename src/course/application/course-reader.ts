import { Injectable } from '@nestjs/common';
import { AppError } from '#libs/kernel';
import type { CourseListItem } from '#libs/protocol';
import { type CourseRecord, DataStore } from '#libs/state';
import { mayManage, type Reader, sight } from '../domain/visibility.js';
import { listItem } from '../domain/wire.js';

/** One page of enrolments, where all of a user's are wanted. */
const pageSize = 500;

/** What other modules, and the services here, read of courses. */
@Injectable()
export class CourseReader {
  constructor(private readonly data: DataStore) {}

  /** Whatever its status: who may see it is the caller's to ask. */
  async find(idOrSlug: string): Promise<CourseRecord | null> {
    const { courses } = this.data;
    return (await courses.byId(idOrSlug)) ?? courses.bySlug(idOrSlug);
  }

  /** @throws AppError not_found where there is none, or the reader may not know of it */
  async visible(reader: Reader | undefined, idOrSlug: string): Promise<CourseRecord> {
    const course = await this.find(idOrSlug);
    const seen = course ? sight(reader, course) : 'hidden';
    const shown =
      seen === 'visible' ||
      (seen === 'enrolled' && course && reader && (await this.isEnrolled(reader.id, course.id)));
    if (!course || !shown) throw new AppError('not_found', `there is no course ${idOrSlug}`);
    return course;
  }

  /** The published ones of these, as in a list. */
  async listed(ids: readonly string[]): Promise<Map<string, CourseListItem>> {
    if (ids.length === 0) return new Map();
    const cards = await this.data.courses.cards(ids);
    const published = cards.filter(({ status }) => status === 'published');
    return new Map(published.map((card) => [card.id, listItem(card)]));
  }

  async isEnrolled(user: string, courseId: string): Promise<boolean> {
    return (await this.data.learning.enrolment(user, courseId)) !== null;
  }

  async enrolledCourseIds(user: string): Promise<string[]> {
    const ids: string[] = [];
    let after: { enrolledAt: number; courseId: string } | undefined;
    for (;;) {
      const page = await this.data.learning.enrolmentsOf(user, {
        limit: pageSize,
        ...(after && { after }),
      });
      ids.push(...page.map(({ courseId }) => courseId));
      after = page.at(-1);
      if (page.length < pageSize) return ids;
    }
  }

  /** Its instructor and administrators. */
  mayModerate(caller: Reader, course: Pick<CourseRecord, 'instructorId'>): boolean {
    return mayManage(caller, course);
  }
}
