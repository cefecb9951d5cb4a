import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { parse } from 'csv-parse';
import { AppError, Clock, newId } from '#libs/kernel';
import type { CourseRow, ImportReport, TransferFormat } from '#libs/protocol';
import { type CourseContent, type CourseRecord, DataStore } from '#libs/state';
import { usernameKey } from '../../identity/index.js';
import { fieldErrors } from '../../platform/http/input.js';
import { contentOf, indexOf, writtenOf } from '../domain/content.js';
import { columns, fromCsv, lineOf, parseRow, rowOf } from '../domain/rows.js';
import { withStatus } from '../domain/status.js';

const pageSize = 200;
/** A longer row is refused: it is no course. */
const maxRowBytes = 1024 * 1024;
const maxErrors = 1000;

export interface ImportOptions {
  format: TransferFormat;
  dryRun: boolean;
  /** Account of the importer, the instructor where a row names none. */
  as?: string;
  onProgress?: (rows: number) => void;
}

type Outcome = 'created' | 'updated' | 'unchanged';

interface Line {
  line: number;
  value?: unknown;
  problem?: string;
}

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
      const accounts = await this.data.accounts.byIds([
        ...new Set(page.map(({ instructorId }) => instructorId)),
      ]);
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

  /** A bad row is counted and named by its line; the others are stored. */
  async import(source: AsyncIterable<Uint8Array>, options: ImportOptions): Promise<ImportReport> {
    const report: ImportReport = { created: 0, updated: 0, unchanged: 0, failed: 0, errors: [] };
    const fail = (line: number, message: string): void => {
      report.failed += 1;
      if (report.errors.length < maxErrors) report.errors.push({ line, message });
    };
    let rows = 0;
    for await (const { line, value, problem } of options.format === 'csv'
      ? csvLines(source)
      : ndjsonLines(source)) {
      const row = parseRow(value);
      if (problem !== undefined) fail(line, problem);
      else if (!row.success)
        fail(
          line,
          fieldErrors(row.error)
            .map(({ path, message }) => `${path || '/'}: ${message}`)
            .join('; '),
        );
      else {
        const outcome = await this.store(row.data, options).catch((error: unknown) => {
          if (error instanceof AppError) return error;
          throw error;
        });
        if (outcome instanceof AppError) fail(line, outcome.message);
        else report[outcome] += 1;
      }
      options.onProgress?.((rows += 1));
    }
    return report;
  }

  private async store(row: CourseRow, { dryRun, as }: ImportOptions): Promise<Outcome> {
    const before = await this.data.courses.bySlug(row.slug);
    const content = await this.contentOf(row, before, as);
    if (!before) {
      if (!dryRun)
        await this.data.courses.create(newId(), content, indexOf(content), this.clock.now());
      return 'created';
    }
    if (JSON.stringify(sorted(contentOf(before))) === JSON.stringify(sorted(content)))
      return 'unchanged';
    if (!dryRun)
      await this.data.courses.update(
        before.id,
        before.version,
        content,
        indexOf(content),
        this.clock.now(),
      );
    return 'updated';
  }

  private async contentOf(
    row: CourseRow,
    before: CourseRecord | null,
    as: string | undefined,
  ): Promise<CourseContent> {
    const { id: instructorId, name: instructorName } = await this.instructor(
      row.instructor,
      before,
      as,
    );
    const content: CourseContent = {
      ...writtenOf(row, before?.lessons),
      slug: row.slug,
      instructorId,
      instructorName,
      status: before?.status ?? 'draft',
      ...(before?.publishedAt !== undefined && { publishedAt: before.publishedAt }),
    };
    const status = row.status ?? content.status;
    return status === before?.status ? content : withStatus(content, status, this.clock.now());
  }

  private async instructor(
    given: string | undefined,
    before: CourseRecord | null,
    as: string | undefined,
  ): Promise<{ id: string; name: string }> {
    const { accounts } = this.data;
    if (given === undefined && before)
      return { id: before.instructorId, name: before.instructorName };
    const found =
      given === undefined
        ? await accounts.byId(as ?? '')
        : ((await accounts.byUsernameKey(usernameKey(given))) ?? (await accounts.byId(given)));
    if (found)
      return {
        id: found.id,
        name: before?.instructorId === found.id ? before.instructorName : found.name,
      };
    throw new AppError(
      'invalid',
      given === undefined ? '/instructor: name one' : `/instructor: there is no user ${given}`,
    );
  }
}

/** Equal content in equal order of fields. */
const sorted = (content: CourseContent): object =>
  Object.fromEntries(Object.entries(content).sort(([one], [other]) => (one < other ? -1 : 1)));

async function* ndjsonLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const lines = createInterface({
    input: Readable.from(source, { objectMode: false }),
    crlfDelay: Infinity,
  });
  let line = 0;
  for await (const raw of lines) {
    line += 1;
    const text = line === 1 ? raw.replace(/^\ufeff/, '') : raw;
    if (text.trim() === '') continue;
    if (text.length > maxRowBytes) {
      yield { line, problem: `a row has at most ${maxRowBytes} characters` };
      continue;
    }
    try {
      yield { line, value: JSON.parse(text) as unknown };
    } catch {
      yield { line, problem: 'not JSON' };
    }
  }
}

async function* csvLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const parser = parse({
    bom: true,
    columns: true,
    info: true,
    max_record_size: maxRowBytes,
    skip_empty_lines: true,
  });
  const records = Readable.from(source, { objectMode: false }).pipe(parser);
  try {
    for await (const { record, info } of records as AsyncIterable<{
      record: Record<string, string>;
      info: { lines: number };
    }>) {
      try {
        yield { line: info.lines, value: fromCsv(record) };
      } catch {
        yield { line: info.lines, problem: '/lessons: not JSON' };
      }
    }
  } catch (error) {
    // Unbalanced quotes or another number of cells: what follows cannot be told apart.
    yield { line: (error as { lines?: number }).lines ?? 0, problem: (error as Error).message };
  }
}
