import { Injectable } from '@nestjs/common';
import { Clock } from '#libs/kernel';
import type { ImportReport, TransferFormat } from '#libs/protocol';
import { DataStore } from '#libs/state';
import { columns, lineOf, rowOf } from '../../domain/rows.js';
import { CourseImport, type ImportOptions } from './course-import.js';

const pageSize = 200;

/** Courses in and out, some hundreds at a time: memory does not grow with their number. */
@Injectable()
export class CourseTransfer {
  constructor(
    private readonly data: DataStore,
    private readonly clock: Clock,
  ) {}

  /** Each course is as it was at one moment, not all of them at the same. */
  async *export(format: TransferFormat): AsyncGenerator<string> {
    if (format === 'csv') yield `${columns.join(',')}\r\n`;
    let after: string | undefined;
    for (;;) {
      const page = await this.data.courses.export({
        limit: pageSize,
        ...(after !== undefined && { after }),
      });
      const authors = [...new Set(page.map(({ instructorId }) => instructorId))];
      const accounts = await this.data.accounts.byIds(authors);
      const usernames = new Map(accounts.map(({ id, username }) => [id, username]));
      yield page
        .map((course) => {
          const instructor = usernames.get(course.instructorId) ?? course.instructorId;
          return lineOf(rowOf(course, instructor), format);
        })
        .join('');
      after = page.at(-1)?.id;
      if (page.length < pageSize) return;
    }
  }

  /** A bad row is counted and named by its line; the others are stored. @throws StoreUnavailable: repeat it */
  import(source: AsyncIterable<Uint8Array>, options: ImportOptions): Promise<ImportReport> {
    return new CourseImport(this.data, this.clock, options).run(source);
  }
}
