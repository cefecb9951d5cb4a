import { Injectable } from '@nestjs/common';
import { DataStore } from '#libs/state';
import { Looks } from '../../platform/http/looks.js';
import { CourseShelf } from '../domain/course-shelf.js';

const pageSize = 200;

/** The shelf of this replica, brought up to date before each answer: the one place that follows the catalogue. */
@Injectable()
export class RecommendableCourses {
  private readonly shelf = new CourseShelf();
  private readonly looks = new Looks(() => this.follow());
  private revision: number | undefined;

  constructor(private readonly data: DataStore) {}

  /** With every change that was stored before the question. @returns the revision it is of, too */
  async current(): Promise<{ shelf: CourseShelf; revision: number }> {
    return { shelf: this.shelf, revision: await this.looks.ask() };
  }

  private async follow(): Promise<number> {
    const { courses } = this.data;
    const revision = await courses.revision();
    if (revision === this.revision) return revision;
    const gone = new Set(this.shelf.courses.map(({ id }) => id));
    let after: string | undefined;
    for (;;) {
      const page = await courses.export({ limit: pageSize, ...(after !== undefined && { after }) });
      for (const course of page) {
        gone.delete(course.id);
        this.shelf.put(course.id, course);
      }
      after = page.at(-1)?.id;
      if (page.length < pageSize) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const id of gone) this.shelf.put(id, null);
    this.revision = revision;
    return revision;
  }
}
