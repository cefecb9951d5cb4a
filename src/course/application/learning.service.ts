import { Injectable } from '@nestjs/common';
import { AppError, Clock, toRfc3339 } from '#libs/kernel';
import type { EnrolmentView, RatingInput, RatingView } from '#libs/protocol';
import {
  cardOf,
  type CourseRecord,
  DataStore,
  type EnrolmentRecord,
  NoSuchRecord,
} from '#libs/state';
import { requirePublished } from '../domain/status.js';
import type { Reader } from '../domain/visibility.js';
import { enrolmentView, listItem } from '../domain/wire.js';
import { CatalogueChanges } from './catalogue-changes.js';
import { CourseReader } from './course-reader.js';
import { InteractionLog } from './interaction-log.js';

export interface EnrolmentKey {
  enrolledAt: number;
  courseId: string;
}

/** Who takes what, how far they are, and what they think of it. */
@Injectable()
export class LearningService {
  constructor(
    private readonly data: DataStore,
    private readonly reader: CourseReader,
    private readonly interactions: InteractionLog,
    private readonly changes: CatalogueChanges,
    private readonly clock: Clock,
  ) {}

  async enrol(
    caller: Reader,
    idOrSlug: string,
  ): Promise<{ enrolment: EnrolmentView; created: boolean }> {
    const course = await this.reader.visible(caller, idOrSlug);
    const before = await this.data.learning.enrolment(caller.id, course.id);
    if (before) return { enrolment: enrolmentView(before, course.lessons), created: false };
    requirePublished(course.status);
    const { enrolment, created } = await this.data.learning.enrol(
      caller.id,
      course.id,
      this.clock.now(),
    );
    if (created) {
      this.changes.changed();
      await this.interactions.seen({ user: caller.id, courseId: course.id, type: 'enrol' });
    }
    return { enrolment: enrolmentView(enrolment, course.lessons), created };
  }

  async leave(caller: Reader, idOrSlug: string): Promise<void> {
    const course = await this.reader.visible(caller, idOrSlug);
    if (await this.data.learning.leave(caller.id, course.id)) this.changes.changed();
  }

  async setProgress(
    caller: Reader,
    idOrSlug: string,
    { lessonId, completed }: { lessonId: string; completed: boolean },
  ): Promise<EnrolmentView> {
    const course = await this.reader.visible(caller, idOrSlug);
    if (!course.lessons.some(({ id }) => id === lessonId)) {
      const message = `the course has no lesson ${lessonId}`;
      throw new AppError('invalid', message, { errors: [{ path: '/lessonId', message }] });
    }
    const before = await this.enrolled(caller, course);
    const after = await this.setLesson(caller, course, lessonId, completed);
    const view = enrolmentView(after, course.lessons);
    if (view.progress === 1 && enrolmentView(before, course.lessons).progress < 1)
      await this.interactions.seen({ user: caller.id, courseId: course.id, type: 'complete' });
    return view;
  }

  async rate(
    caller: Reader,
    idOrSlug: string,
    { stars, comment }: RatingInput,
  ): Promise<RatingView> {
    const course = await this.reader.visible(caller, idOrSlug);
    await this.enrolled(caller, course);
    const [courseId, at] = [course.id, this.clock.now()];
    const rating = { courseId, stars, ...(comment !== undefined && { comment }) };
    await this.data.learning.rate({ user: caller.id, ...rating, at });
    this.changes.changed();
    await this.interactions.seen({ user: caller.id, courseId, type: 'rate', value: stars });
    return { ...rating, at: toRfc3339(at) };
  }

  /** The caller's enrolments, newest first; also of courses archived since. */
  async mine(caller: Reader, limit: number, after: EnrolmentKey | undefined) {
    const page = await this.data.learning.enrolmentsOf(caller.id, {
      limit: limit + 1,
      ...(after && { after }),
    });
    const shown = page.slice(0, limit);
    const courses = await Promise.all(
      shown.map(({ courseId }) => this.data.courses.byId(courseId)),
    );
    const items = shown.flatMap((record, at) => {
      const course = courses[at];
      if (!course) return [];
      const { enrolledAt, progress } = enrolmentView(record, course.lessons);
      return [{ course: listItem(cardOf(course)), enrolledAt, progress }];
    });
    const last = page.length > limit ? shown.at(-1) : undefined;
    return { items, next: last ? { enrolledAt: last.enrolledAt, courseId: last.courseId } : null };
  }

  private async enrolled(caller: Reader, course: CourseRecord): Promise<EnrolmentRecord> {
    const enrolment = await this.data.learning.enrolment(caller.id, course.id);
    if (!enrolment) throw notEnrolled();
    return enrolment;
  }

  /** Leaving at the same moment, on another replica, is as if it had been before. */
  private async setLesson(
    { id }: Reader,
    course: CourseRecord,
    lessonId: string,
    completed: boolean,
  ): Promise<EnrolmentRecord> {
    try {
      return await this.data.learning.setLesson(id, course.id, lessonId, completed);
    } catch (error) {
      throw error instanceof NoSuchRecord ? notEnrolled() : error;
    }
  }
}

const notEnrolled = (): AppError => new AppError('forbidden', 'enrol in the course first');
