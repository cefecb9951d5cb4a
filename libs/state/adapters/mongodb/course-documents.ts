import {
  type CourseCard,
  type CourseContent,
  type CourseFilter,
  type CourseRecord,
  type CourseStats,
  type CourseTerms,
  sortValue,
  titleKey,
} from '#libs/state';

/** A change of the learners of a course that was announced and not yet counted. */
export interface Change {
  token: string;
  at: number;
}

/** What is worked out from the content with each write of it, so that lists and searches read indexes. */
interface Derived {
  newest: number;
  titleKey: string;
  tagSet: string[];
  lessonCount: number;
  minutes: number;
  length: number;
  terms: { term: string; frequency: number }[];
}

export interface CourseDocument extends CourseContent, CourseStats, Derived {
  _id: string;
  /** Random, of this course only: what hangs on it is not inherited by a later course of the same id. */
  course: string;
  version: number;
  createdAt: number;
  updatedAt: number;
  /** The damped average, computed as `sortValue` does. */
  rating: number;
  /** Not empty: the counts may be behind, and whoever reads them counts anew. */
  changing: Change[];
  /** Rises with every change of the counts or of `changing`. */
  tick: number;
}

export function contentFields(
  content: CourseContent,
  { frequencies, length }: CourseTerms,
  createdAt: number,
): CourseContent & Derived {
  const { lessons } = content;
  return {
    ...contentOf(content),
    newest: content.publishedAt ?? createdAt,
    titleKey: titleKey(content.title),
    tagSet: [...new Set(content.tags)],
    lessonCount: lessons.length,
    minutes: lessons.reduce((sum, { minutes }) => sum + minutes, 0),
    length,
    terms: [...frequencies].map(([term, frequency]) => ({ term, frequency })),
  };
}

const contentOf = (given: CourseContent): CourseContent => ({
  slug: given.slug,
  title: given.title,
  summary: given.summary,
  description: given.description,
  language: given.language,
  level: given.level,
  category: given.category,
  tags: given.tags,
  lessons: given.lessons,
  ...(given.coverUrl !== undefined && { coverUrl: given.coverUrl }),
  instructorId: given.instructorId,
  instructorName: given.instructorName,
  status: given.status,
  ...(given.publishedAt !== undefined && { publishedAt: given.publishedAt }),
});

export const ratingOf = (stats: Pick<CourseStats, 'ratingCount' | 'ratingSum'>): number =>
  sortValue(stats as CourseRecord, 'rating') as number;

export const recordOf = (found: CourseDocument): CourseRecord => ({
  ...contentOf(found),
  id: found._id,
  version: found.version,
  enrolments: found.enrolments,
  ratingCount: found.ratingCount,
  ratingSum: found.ratingSum,
  createdAt: found.createdAt,
  updatedAt: found.updatedAt,
});

/** Lists leave the long texts on the server. */
export const cardProjection = { description: 0, terms: 0, lessons: 0 } as const;

export function cardOfDocument(found: CourseDocument): CourseCard {
  const { description: _description, lessons: _lessons, ...rest } = recordOf(found);
  return { ...rest, lessonCount: found.lessonCount, minutes: found.minutes };
}

const scalar = ['status', 'category', 'level', 'language', 'instructorId'] as const;

export function filterOf({ tag, ...rest }: CourseFilter): Record<string, unknown> {
  const given = scalar.filter((field) => rest[field] !== undefined);
  return {
    ...Object.fromEntries(given.map((field) => [field, { $in: rest[field] }])),
    ...(tag && { tagSet: { $in: tag } }),
  };
}
