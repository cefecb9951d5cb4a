import type { Millis } from '#libs/kernel';
import type { CourseContent, CourseRecord } from './courses.js';

/** A course as it begins: at version 1, without learners. */
export const madeOf = (id: string, content: CourseContent, at: Millis): CourseRecord => ({
  ...structuredClone(content),
  id,
  version: 1,
  enrolments: 0,
  ratingCount: 0,
  ratingSum: 0,
  createdAt: at,
  updatedAt: at,
});

/** Its next version: other content, the same learners. */
export const updatedTo = (
  { id, version, enrolments, ratingCount, ratingSum, createdAt }: CourseRecord,
  content: CourseContent,
  at: Millis,
): CourseRecord => ({
  ...structuredClone(content),
  id,
  version: version + 1,
  enrolments,
  ratingCount,
  ratingSum,
  createdAt,
  updatedAt: at,
});
