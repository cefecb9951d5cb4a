import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataStore } from '#libs/state';
import { Looks } from '../../platform/http/looks.js';
import { CourseShelf } from '../domain/course-shelf.js';

/** Changes read between two turns of the event loop. */
const pageSize = 250;

/** The shelf of this replica, brought up to date before each answer: the one place that follows the catalogue. */
@Injectable()
export class RecommendableCourses {
  private shelf = new CourseShelf();
  /** Changes up to here are on the shelf. */
  private position = 0;
  private revision: number | undefined;
  private readonly looks = new Looks(() => this.follow());

  constructor(private readonly data: DataStore) {}

  /** With every change that was stored before the question, and the revision that it shows. */
  async current(): Promise<{ shelf: CourseShelf; revision: number }> {
    const revision = await this.looks.ask();
    return { shelf: this.shelf, revision };
  }

  private async follow(): Promise<number> {
    const { courses } = this.data;
    const revision = await courses.revision();
    if (revision === this.revision) return revision;
    let [shelf, known, after] = [this.shelf, this.position, this.position];
    let position: number | undefined;
    for (;;) {
      const page = await courses.changes({ known, after, limit: pageSize });
      // Too far behind, or the store was put back to an earlier state.
      if (!page) {
        [shelf, known, after] = [new CourseShelf(), 0, 0];
        position = undefined;
        continue;
      }
      position ??= page.revision;
      for (const { id, facts } of page.items) shelf.put(id, facts);
      if (page.next === null) break;
      after = page.next;
      await turn();
    }
    [this.shelf, this.position, this.revision] = [shelf, position, revision];
    return revision;
  }
}
