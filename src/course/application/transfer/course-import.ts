import { AppError, type Clock } from '#libs/kernel';
import type { CourseRow, ImportReport, TransferFormat } from '#libs/protocol';
import type { DataStore } from '#libs/state';
import { fieldErrors } from '../../../platform/http/input.js';
import { parseRow } from '../../domain/rows.js';
import { CourseBatch } from './course-batch.js';
import { csvRows } from './csv-rows.js';
import { type ImportRow, Unreadable } from './import-row.js';
import { ndjsonRows } from './ndjson-rows.js';
import { RecordSplitter } from './record-splitter.js';
import type { TextEncoding } from './text-encoding.js';
import { TextSource } from './text-source.js';

const maxErrors = 1000;
/** A batch holds no more characters than this and one row more, however long its rows. */
const maxBatchSize = 4 * 1024 * 1024;

export interface ImportOptions {
  format: TransferFormat;
  dryRun: boolean;
  /** Account of the importer, the instructor where a row names none. */
  as?: string;
  /** What the sender says the encoding is; recognised where absent. */
  encoding?: TextEncoding;
  /** Rows that begin before it are passed over: they are what an import that broke off had stored. */
  fromLine?: number;
  /** Rows of a batch: what is stored in one transaction, while others wait. */
  rowsAtOnce?: number;
  /** After each batch: what stands, whatever happens to the rest. */
  onProgress?: (progress: ImportProgress) => void;
  /** After each batch that changed something. */
  onChange?: () => void;
}

export interface ImportProgress {
  rows: number;
  /** All rows that begin before it are done with. */
  nextLine: number;
}

/** One import, from bytes to its report. */
export class CourseImport {
  private readonly report: ImportReport = {
    created: 0,
    updated: 0,
    unchanged: 0,
    failed: 0,
    errors: [],
  };
  private readonly batch: CourseBatch;
  private rows = 0;

  constructor(
    data: DataStore,
    clock: Clock,
    private readonly options: ImportOptions,
  ) {
    this.batch = new CourseBatch(data, clock, options);
  }

  /** A bad row is counted and named by its line; the others are stored. @throws StoreUnavailable: repeat it */
  async run(source: AsyncIterable<Uint8Array>): Promise<ImportReport> {
    const { format, encoding, fromLine = 1, rowsAtOnce = 200 } = this.options;
    const { batch, report } = this;
    const text = new TextSource(source, encoding);
    const raw = new RecordSplitter(text, format === 'csv').rows();
    try {
      for await (const read of format === 'csv' ? csvRows(raw) : ndjsonRows(raw)) {
        if (read.line < fromLine) continue;
        this.rows += 1;
        const row = this.validated(read);
        if (!row) continue;
        if (batch.has(row.slug)) await this.store(read.line);
        batch.add(read, row);
        if (batch.rows >= rowsAtOnce || batch.size >= maxBatchSize) await this.store(read.line + 1);
      }
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      this.fail(error.line, `${error.message}; nothing from here on was read`);
    }
    await this.store(Infinity);
    report.errors.sort((one, other) => one.line - other.line);
    const found = text.encoding ?? 'utf-8';
    return found === 'utf-8' ? report : { ...report, encoding: found };
  }

  private validated({ line, value, problem }: ImportRow): CourseRow | undefined {
    if (problem !== undefined) return this.fail(line, problem);
    const row = parseRow(value);
    if (row.success) return row.data;
    const faults = fieldErrors(row.error).map(({ path, message }) => `${path || '/'}: ${message}`);
    return this.fail(line, faults.join('; '));
  }

  private fail(line: number, message: string): undefined {
    this.report.failed += 1;
    if (this.report.errors.length < maxErrors) this.report.errors.push({ line, message });
  }

  private async store(nextLine: number): Promise<void> {
    const { onChange, onProgress } = this.options;
    const { created, updated } = this.report;
    for (const { line, outcome } of await this.batch.store()) {
      if (outcome instanceof AppError) this.fail(line, outcome.message);
      else this.report[outcome] += 1;
    }
    if (!this.options.dryRun && this.report.created + this.report.updated > created + updated)
      onChange?.();
    onProgress?.({ rows: this.rows, nextLine });
  }
}
