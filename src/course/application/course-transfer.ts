import { Injectable } from '@nestjs/common';
import { AppError, Clock, newId } from '#libs/kernel';
import type { CourseRow, ImportReport, TransferFormat } from '#libs/protocol';
import {
  AlreadyExists,
  type CourseContent,
  type CourseRecord,
  DataStore,
  VersionConflict,
} from '#libs/state';
import { usernameKey } from '../../identity/index.js';
import { fieldErrors } from '../../platform/http/input.js';
import { sameContent, writtenOf } from '../domain/content.js';
import { columns, lineOf, parseRow, rowOf } from '../domain/rows.js';
import { documentOf } from '../domain/search-document.js';
import { withStatus } from '../domain/status.js';
import { csvLines } from './csv-lines.js';
import type { ImportLine } from './import-lines.js';
import { ndjsonLines } from './ndjson-lines.js';

const pageSize = 200;
const maxErrors = 1000;

export interface ImportOptions {
  format: TransferFormat;
  dryRun: boolean;
  /** Account of the importer, the instructor where a row names none. */
  as?: string;
  onProgress?: (rows: number) => void;
  /** After each row that changed something. */
  onChange?: () => void;
}

type Outcome = 'created' | 'updated' | 'unchanged';
type Person = Pick<CourseContent, 'instructorId' | 'instructorName'>;

/** Courses in and out, row by row: memory does not grow with their number. */
@Injectable()
export class CourseTransfer {
  constructor(
    private readonly data: DataStore,
    private readonly clock: Clock,
  ) {}

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
      for (const course of page)
        yield lineOf(
          rowOf(course, usernames.get(course.instructorId) ?? course.instructorId),
          format,
        );
      after = page.at(-1)?.id;
      if (page.length < pageSize) return;
    }
  }

  /** A bad row is counted and named by its line; the others are stored. @throws StoreUnavailable: repeat it all */
  async import(source: AsyncIterable<Uint8Array>, options: ImportOptions): Promise<ImportReport> {
    const report: ImportReport = { created: 0, updated: 0, unchanged: 0, failed: 0, errors: [] };
    let rows = 0;
    for await (const row of options.format === 'csv' ? csvLines(source) : ndjsonLines(source)) {
      try {
        const outcome = await this.store(validated(row), options);
        report[outcome] += 1;
        if (outcome !== 'unchanged' && !options.dryRun) options.onChange?.();
      } catch (error) {
        const message = messageOf(error);
        if (message === undefined) throw error;
        report.failed += 1;
        if (report.errors.length < maxErrors) report.errors.push({ line: row.line, message });
      }
      options.onProgress?.((rows += 1));
    }
    return report;
  }

  private async store(row: CourseRow, { dryRun, as }: ImportOptions): Promise<Outcome> {
    const { courses } = this.data;
    const now = this.clock.now();
    const before = await courses.bySlug(row.slug);
    const content = await this.contentOf(row, before, as);
    if (!before) {
      if (!dryRun) await courses.create(newId(), content, documentOf(content), now);
      return 'created';
    }
    if (sameContent(before, content)) return 'unchanged';
    if (!dryRun) await courses.update(before.id, before.version, content, documentOf(content), now);
    return 'updated';
  }

  private async contentOf(
    row: CourseRow,
    before: CourseRecord | null,
    as: string | undefined,
  ): Promise<CourseContent> {
    const content: CourseContent = {
      ...writtenOf(row, before?.lessons),
      slug: row.slug,
      ...(await this.instructor(row.instructor, before, as)),
      status: before?.status ?? 'draft',
      ...(before?.publishedAt !== undefined && { publishedAt: before.publishedAt }),
    };
    const status = row.status ?? content.status;
    return status === before?.status ? content : withStatus(content, status, this.clock.now());
  }

  /** A row that names nobody leaves a course to whom it belongs. */
  private async instructor(
    given: string | undefined,
    before: CourseRecord | null,
    as: string | undefined,
  ): Promise<Person> {
    const { accounts } = this.data;
    const stays = before && {
      instructorId: before.instructorId,
      instructorName: before.instructorName,
    };
    if (stays && (given === undefined || given === stays.instructorId)) return stays;
    const found =
      given === undefined
        ? await accounts.byId(as ?? '')
        : ((await accounts.byUsernameKey(usernameKey(given))) ?? (await accounts.byId(given)));
    if (stays && found?.id === stays.instructorId) return stays;
    if (found) return { instructorId: found.id, instructorName: found.name };
    const message = given === undefined ? 'name one' : `there is no user ${given}`;
    throw new AppError('invalid', `/instructor: ${message}`);
  }
}

/** @throws AppError invalid, naming each field */
function validated({ value, problem }: ImportLine): CourseRow {
  if (problem !== undefined) throw new AppError('invalid', problem);
  const row = parseRow(value);
  if (row.success) return row.data;
  const faults = fieldErrors(row.error).map(({ path, message }) => `${path || '/'}: ${message}`);
  throw new AppError('invalid', faults.join('; '));
}

/** Of an error that is the row's own; undefined where no row would fare better. */
function messageOf(error: unknown): string | undefined {
  if (error instanceof VersionConflict) return 'the course was changed by someone else meanwhile';
  return error instanceof AppError || error instanceof AlreadyExists ? error.message : undefined;
}
