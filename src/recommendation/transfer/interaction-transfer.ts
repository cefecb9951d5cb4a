import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { AppError, type Clock } from '#libs/kernel';
import type { DataStore, Interaction } from '#libs/state';
import { type NdjsonRow, ndjsonRows } from '../../platform/ndjson.js';
import { columns, headerFault, interactionOf, lineOf } from './interaction-rows.js';

export type InteractionFormat = 'csv' | 'ndjson';

export interface InteractionImport {
  /** Rows that are stored now; those that were before are among them, and are not stored twice. */
  accepted: number;
  failed: number;
  errors: { line: number; message: string }[];
}

const batchSize = 500;
const exportedAtOnce = 1000;
const maxErrors = 1000;
const skewMs = 60_000;

/** All, ascending by id. An import of it changes nothing. */
export async function* exportInteractions(
  data: Pick<DataStore, 'interactions'>,
  format: InteractionFormat,
): AsyncGenerator<string> {
  if (format === 'csv') yield `${columns.join(',')}\r\n`;
  let after: string | undefined;
  for (;;) {
    const page = await data.interactions.scan({
      limit: exportedAtOnce,
      ...(after !== undefined && { after }),
    });
    for (const event of page) yield lineOf(event, format);
    after = page.at(-1)?.id;
    if (page.length < exportedAtOnce) return;
  }
}

/** Row by row: one that is wrong is named and passed over. @throws AppError where the whole cannot be read */
export async function importInteractions(
  data: Pick<DataStore, 'interactions' | 'courses'>,
  clock: Clock,
  source: AsyncIterable<Uint8Array>,
  format: InteractionFormat,
  onProgress: (rows: number) => void = () => undefined,
): Promise<InteractionImport> {
  const report: InteractionImport = { accepted: 0, failed: 0, errors: [] };
  const known = new Map<string, boolean>();
  let batch: { line: number; event: Interaction }[] = [];
  const refuse = (line: number, message: string): void => {
    report.failed += 1;
    if (report.errors.length < maxErrors) report.errors.push({ line, message });
  };
  const store = async (): Promise<void> => {
    const ids = [...new Set(batch.map(({ event }) => event.courseId))].filter(
      (id) => !known.has(id),
    );
    for (const id of ids) known.set(id, false);
    for (const { id } of await data.courses.cards(ids)) known.set(id, true);
    const good = batch.filter(({ line, event }) => {
      const there = known.get(event.courseId) === true;
      if (!there) refuse(line, `/courseId: there is no course ${event.courseId}`);
      return there;
    });
    await data.interactions.append(good.map(({ event }) => event));
    report.accepted += good.length;
    batch = [];
    onProgress(report.accepted + report.failed);
  };
  for await (const { line, value } of format === 'csv' ? csvRows(source) : ndjsonRows(source)) {
    const event = value === undefined ? 'not JSON' : interactionOf(value, clock.now() + skewMs);
    if (typeof event === 'string') refuse(line, event);
    else batch.push({ line, event });
    if (batch.length === batchSize) await store();
  }
  await store();
  return report;
}

async function* csvRows(source: AsyncIterable<Uint8Array>): AsyncGenerator<NdjsonRow> {
  const parser = parse({
    bom: true,
    info: true,
    skip_empty_lines: true,
    columns: (header: string[]) => {
      const fault = headerFault(header);
      if (fault !== undefined) throw new AppError('invalid', fault);
      return header;
    },
  });
  const rows = Readable.from(source).pipe(parser) as AsyncIterable<{
    record: Record<string, string>;
    info: { lines: number };
  }>;
  try {
    for await (const { record, info } of rows) yield { line: info.lines, value: record };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('invalid', `the CSV cannot be read on: ${(error as Error).message}`);
  }
}
