import { courseRow, type CourseRow, type TransferFormat } from '#libs/protocol';
import type { CourseRecord } from '#libs/state';

/** Fields of a row, in the order of their columns. */
export const columns = [
  'slug',
  'title',
  'summary',
  'description',
  'language',
  'level',
  'category',
  'tags',
  'lessons',
  'coverUrl',
  'status',
  'instructor',
] as const;

/** Without these no row is a course. */
export const requiredColumns = ['slug', 'title', 'language', 'level', 'category'] as const;

/** A course as a row; `instructor` is the username. */
export function rowOf(course: CourseRecord, instructor: string): CourseRow {
  const {
    slug,
    title,
    summary,
    description,
    language,
    level,
    category,
    tags,
    lessons,
    coverUrl,
    status,
  } = course;
  return {
    slug,
    title,
    summary,
    description,
    language,
    level,
    category,
    tags,
    lessons,
    ...(coverUrl !== undefined && { coverUrl }),
    status,
    instructor,
  };
}

/** A cell that a spreadsheet would take for a formula stays what it is: exports are read back by programs. */
const cell = (value: unknown): string => {
  const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export function lineOf(row: CourseRow, format: TransferFormat): string {
  if (format === 'ndjson') return `${JSON.stringify(row)}\n`;
  return `${columns.map((column) => cell(column === 'tags' ? row.tags?.join('|') : row[column])).join(',')}\r\n`;
}

/** What a CSV row says; an empty cell is an absent field. @throws SyntaxError where lessons are not JSON */
export function fromCsv(
  header: readonly string[],
  cells: readonly string[],
): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const [at, field] of header.entries()) {
    const cell = cells[at] ?? '';
    if (cell === '') continue;
    if (field === 'tags') value[field] = cell.split('|');
    else value[field] = field === 'lessons' ? lessonsOf(cell) : cell;
  }
  return value;
}

function lessonsOf(cell: string): unknown {
  try {
    return JSON.parse(cell);
  } catch {
    throw new SyntaxError('/lessons: not JSON');
  }
}

export const parseRow = (value: unknown) => courseRow.safeParse(value);
