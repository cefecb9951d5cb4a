import type { CourseCard, CourseLevel, CourseRecord, CourseStatus, Lesson } from '#libs/state';
import { parseColumn } from '../json.js';

interface CardRow {
  id: string;
  slug: string;
  title: string;
  summary: string;
  language: string;
  level: CourseLevel;
  category: string;
  tags: string;
  cover_url: string | null;
  instructor_id: string;
  instructor_name: string;
  status: CourseStatus;
  published_at: number | null;
  version: number;
  created_at: number;
  updated_at: number;
  enrolments: number;
  rating_count: number;
  rating_sum: number;
  lesson_count: number;
  minutes: number;
}

interface CourseRow extends CardRow {
  description: string;
  lessons: string;
}

export type { CardRow, CourseRow };

export const cardColumns =
  'id, slug, title, summary, language, level, category, tags, cover_url, instructor_id, instructor_name, status, published_at, ' +
  'version, created_at, updated_at, enrolments, rating_count, rating_sum, lesson_count, minutes';

export const courseColumns = `${cardColumns}, description, lessons`;

function sharedOf(row: CardRow): Omit<CourseCard, 'lessonCount' | 'minutes'> {
  return {
    id: row.id,
    slug: row.slug,
    title: row.title,
    summary: row.summary,
    language: row.language,
    level: row.level,
    category: row.category,
    tags: parseColumn<string[]>(row.tags, `course ${row.id}`),
    ...(row.cover_url !== null && { coverUrl: row.cover_url }),
    instructorId: row.instructor_id,
    instructorName: row.instructor_name,
    status: row.status,
    ...(row.published_at !== null && { publishedAt: row.published_at }),
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    enrolments: row.enrolments,
    ratingCount: row.rating_count,
    ratingSum: row.rating_sum,
  };
}

export const cardOfRow = (row: CardRow): CourseCard => ({
  ...sharedOf(row),
  lessonCount: row.lesson_count,
  minutes: row.minutes,
});

export const courseOfRow = (row: CourseRow): CourseRecord => ({
  ...sharedOf(row),
  description: row.description,
  lessons: parseColumn<Lesson[]>(row.lessons, `course ${row.id}`),
});
