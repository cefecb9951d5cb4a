import { z } from 'zod';
import { cursor, id, limit, listOf, page, repeated, text, time } from './common.js';
import { contract } from './contract.js';
import {
  category,
  course,
  courseInput,
  courseLevel,
  courseList,
  courseListItem,
  coursePatch,
  courseStatus,
  enrolment,
  facetField,
  importReport,
  language,
  ratingInput,
  ratingView,
  tag,
} from './course-schemas.js';

/** A course by id or slug. */
const ofCourse = z.strictObject({ id: id.meta({ description: 'id or slug of a course' }) });
const q = text(0, 200);
const base = { tag: 'courses', access: 'public' } as const;
const own = { tag: 'courses', access: 'signed-in' } as const;

export const courseSort = z.enum(['relevance', 'newest', 'rating', 'popular', 'title']);
export type CourseSortName = z.output<typeof courseSort>;
const facets = z
  .string()
  .max(100)
  .transform((value) => value.split(','))
  .pipe(z.array(facetField).max(8))
  .meta({ description: 'comma list of category, level, language, tag' });

export const listCourses = contract({
  ...base,
  id: 'listCourses',
  method: 'GET',
  path: 'courses',
  summary: 'Published courses: filtered, searched, sorted, counted by facet',
  query: z.strictObject({
    q: q.optional(),
    category: repeated(category),
    tag: repeated(tag),
    level: repeated(courseLevel),
    language: repeated(language),
    instructor: repeated(id),
    status: repeated(courseStatus).meta({
      description: 'other than published: administrators, and instructors for their own courses',
    }),
    sort: courseSort.optional(),
    facets: facets.optional(),
    limit,
    cursor: cursor.optional(),
  }),
  responses: { 200: courseList },
});
export type ListCoursesQuery = z.output<typeof listCourses.query>;

export const suggestCourses = contract({
  ...base,
  id: 'suggestCourses',
  method: 'GET',
  path: 'courses/suggest',
  summary: 'Courses whose titles complete what is being typed',
  query: z.strictObject({ q, limit: z.coerce.number().int().min(1).max(20).default(8) }),
  responses: {
    200: z.object({ items: z.array(z.object({ title: z.string(), id, slug: z.string() })) }),
  },
});
export const createCourse = contract({
  ...own,
  id: 'createCourse',
  method: 'POST',
  path: 'courses',
  summary: 'Write a new course; it starts as a draft (instructors, administrators)',
  body: courseInput,
  idempotent: true,
  responses: { 201: course },
});
export const getCourse = contract({
  ...base,
  id: 'getCourse',
  method: 'GET',
  path: 'courses/:id',
  summary: 'One course by id or slug',
  params: ofCourse,
  responses: { 200: course },
});
export const patchCourse = contract({
  ...own,
  id: 'patchCourse',
  method: 'PATCH',
  path: 'courses/:id',
  summary: 'Change a course; null removes the cover',
  params: ofCourse,
  body: coursePatch,
  ifMatch: 'required',
  responses: { 200: course },
});
export const deleteCourse = contract({
  ...own,
  id: 'deleteCourse',
  method: 'DELETE',
  path: 'courses/:id',
  summary: 'Delete a draft; other courses are archived instead',
  params: ofCourse,
  ifMatch: 'optional',
  responses: { 204: null },
});
export const publishCourse = contract({
  ...own,
  id: 'publishCourse',
  method: 'POST',
  path: 'courses/:id/publish',
  summary: 'Show a course to everyone',
  params: ofCourse,
  ifMatch: 'optional',
  responses: { 200: course },
});
export const archiveCourse = contract({
  ...own,
  id: 'archiveCourse',
  method: 'POST',
  path: 'courses/:id/archive',
  summary: 'Take a course out of the catalogue; its learners keep it',
  params: ofCourse,
  ifMatch: 'optional',
  responses: { 200: course },
});
export const enrol = contract({
  ...own,
  id: 'enrol',
  method: 'PUT',
  path: 'courses/:id/enrolment',
  summary: 'Enrol; a repeat gives the enrolment there is',
  params: ofCourse,
  responses: { 201: enrolment, 200: enrolment },
});
export const leaveCourse = contract({
  ...own,
  id: 'leaveCourse',
  method: 'DELETE',
  path: 'courses/:id/enrolment',
  summary: 'Leave a course',
  params: ofCourse,
  responses: { 204: null },
});
export const setProgress = contract({
  ...own,
  id: 'setProgress',
  method: 'PUT',
  path: 'courses/:id/progress',
  summary: 'Mark a lesson as done, or not',
  params: ofCourse,
  body: z.strictObject({ lessonId: id, completed: z.boolean() }),
  responses: { 200: enrolment },
});
export const rateCourse = contract({
  ...own,
  id: 'rateCourse',
  method: 'PUT',
  path: 'courses/:id/rating',
  summary: 'Rate a course one is enrolled in; replaces an earlier rating',
  params: ofCourse,
  body: ratingInput,
  responses: { 200: ratingView },
});
export const listMyEnrolments = contract({
  ...own,
  id: 'listMyEnrolments',
  method: 'GET',
  path: 'users/me/enrolments',
  summary: 'What the caller takes, newest first',
  query: page,
  responses: {
    200: listOf(
      z.object({ course: courseListItem, enrolledAt: time, progress: z.number().min(0).max(1) }),
    ),
  },
});

export const transferFormat = z.enum(['csv', 'ndjson']);
export type TransferFormat = z.output<typeof transferFormat>;

export const importCourses = contract({
  ...own,
  id: 'importCourses',
  method: 'POST',
  path: 'courses/import',
  summary: 'Create or update courses by slug from CSV or NDJSON of any size (administrators)',
  query: z.strictObject({
    dryRun: z
      .enum(['true', 'false'])
      .default('false')
      .transform((value) => value === 'true'),
  }),
  streams: ['text/csv', 'application/x-ndjson'],
  responses: { 200: importReport },
});
export const exportCourses = contract({
  ...own,
  id: 'exportCourses',
  method: 'GET',
  path: 'courses/export',
  summary: 'Every course as CSV or NDJSON; importing it changes nothing (administrators)',
  query: z.strictObject({ format: transferFormat.default('ndjson') }),
  produces: ['application/x-ndjson', 'text/csv'],
  responses: { 200: z.string() },
});

export const courseContracts = [
  listCourses,
  suggestCourses,
  createCourse,
  getCourse,
  patchCourse,
  deleteCourse,
  publishCourse,
  archiveCourse,
  enrol,
  leaveCourse,
  setProgress,
  rateCourse,
  listMyEnrolments,
  importCourses,
  exportCourses,
] as const;
