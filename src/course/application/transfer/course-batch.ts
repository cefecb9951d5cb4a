import { AppError, type Clock, newId } from '#libs/kernel';
import type { CourseRow } from '#libs/protocol';
import type {
  CourseContent,
  CourseRecord,
  CourseWrite,
  DataStore,
  WriteOutcome,
} from '#libs/state';
import { sameContent, writtenOf } from '../../domain/content.js';
import { documentOf } from '../../domain/search-document.js';
import { withStatus } from '../../domain/status.js';
import type { ImportRow } from './import-row.js';
import { Instructors } from './instructors.js';

/** What became of one row: an AppError is the row's own. */
export interface Stored {
  line: number;
  outcome: 'created' | 'updated' | 'unchanged' | AppError;
}

/** Rows that are stored together, each slug once. */
export class CourseBatch {
  /** Characters of the rows' texts. */
  size = 0;
  private readonly waiting = new Map<string, { line: number; row: CourseRow }>();
  private readonly instructors: Instructors;

  constructor(
    private readonly data: DataStore,
    private readonly clock: Clock,
    private readonly options: { dryRun: boolean; as?: string },
  ) {
    this.instructors = new Instructors(data.accounts, options.as);
  }

  get rows(): number {
    return this.waiting.size;
  }

  has(slug: string): boolean {
    return this.waiting.has(slug);
  }

  add({ line, size }: ImportRow, row: CourseRow): void {
    this.waiting.set(row.slug, { line, row });
    this.size += size;
  }

  /** Empties the batch; outcomes in the order in which rows came. */
  async store(): Promise<Stored[]> {
    const rows = [...this.waiting.values()];
    this.waiting.clear();
    this.size = 0;
    if (rows.length === 0) return [];
    const { courses } = this.data;
    const found = await courses.bySlugs(rows.map(({ row }) => row.slug));
    const before = new Map(found.map((course) => [course.slug, course]));
    const stored: Stored[] = [];
    const writes: CourseWrite[] = [];
    const written: Stored[] = [];
    for (const { line, row } of rows) {
      const one: Stored = { line, outcome: 'unchanged' };
      stored.push(one);
      try {
        const write = await this.writeOf(row, before.get(row.slug));
        if (!write) continue;
        one.outcome = write.expectedVersion === null ? 'created' : 'updated';
        writes.push(write);
        written.push(one);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        one.outcome = error;
      }
    }
    if (this.options.dryRun || writes.length === 0) return stored;
    const outcomes = await courses.writeAll(writes, this.clock.now());
    for (const [at, outcome] of outcomes.entries()) {
      const one = written[at];
      if (one) one.outcome = told(outcome);
    }
    return stored;
  }

  /** Undefined where the course is what the row says. @throws AppError invalid */
  private async writeOf(
    row: CourseRow,
    before: CourseRecord | undefined,
  ): Promise<CourseWrite | undefined> {
    const content: CourseContent = {
      ...writtenOf(row, before?.lessons),
      slug: row.slug,
      ...(await this.instructors.of(row.instructor, before)),
      status: before?.status ?? 'draft',
      ...(before?.publishedAt !== undefined && { publishedAt: before.publishedAt }),
    };
    const status = row.status ?? content.status;
    const wanted =
      status === before?.status ? content : withStatus(content, status, this.clock.now());
    if (before && sameContent(before, wanted)) return undefined;
    return {
      id: before?.id ?? newId(),
      expectedVersion: before?.version ?? null,
      content: wanted,
      document: documentOf(wanted),
    };
  }
}

function told(outcome: WriteOutcome): Stored['outcome'] {
  if (outcome === 'conflict' || outcome === 'taken')
    return new AppError('conflict', 'the course was changed by someone else meanwhile');
  return outcome;
}
