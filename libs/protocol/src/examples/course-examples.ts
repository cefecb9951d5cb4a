import type { OperationExamples } from './operation-examples.js';

const id = '0199b3a4-7c00-7aaa-8f00-2f1c5d9e0001';
const shared = {
  id,
  slug: 'vue-in-practice',
  title: 'Vue in practice',
  summary: 'Build three small applications and deploy them.',
  language: 'en',
  level: 'beginner',
  category: 'programming',
  tags: ['vue', 'web'],
  instructor: { id: '0199b3a4-7c00-7aaa-8f00-2f1c5d9e0002', name: 'Lin Yao' },
  rating: { average: 4.5, count: 12 },
  enrolments: 48,
  version: 3,
  createdAt: '2026-01-31T08:00:00.000Z',
  updatedAt: '2026-02-01T08:00:00.000Z',
};
const publishedAt = '2026-02-01T08:00:00.000Z';
const lessons = [{ id: 'lesson-1', title: 'A first component', minutes: 25 }];
const whole = { ...shared, description: 'From a page to a product.', lessons };

export const courseExample = { ...whole, status: 'published', publishedAt };
const draft = {
  ...whole,
  status: 'draft',
  rating: { average: 0, count: 0 },
  enrolments: 0,
  version: 1,
};
export const listItemExample = {
  ...shared,
  status: 'published',
  publishedAt,
  lessonCount: 12,
  minutes: 300,
};

const params = { id: 'vue-in-practice' };
const enrolment = {
  courseId: id,
  enrolledAt: '2026-02-03T08:00:00.000Z',
  progress: 0.5,
  completedLessons: ['lesson-1'],
};
const rating = { stars: 5, comment: 'Clear and short.' };
const row = {
  slug: shared.slug,
  title: shared.title,
  language: 'en',
  level: 'beginner',
  category: 'programming',
  tags: shared.tags,
  lessons: [{ title: 'A first component', minutes: 25 }],
  status: 'published',
  instructor: 'lin.yao',
};

export const courseExamples: Readonly<Record<string, OperationExamples>> = {
  listCourses: {
    query: { q: 'vue', category: ['programming'], level: ['beginner'], facets: 'level', limit: 20 },
    responses: {
      200: {
        items: [{ ...listItemExample, highlights: { title: '<mark>Vue</mark> in practice' } }],
        next: null,
        total: 1,
        facets: { level: [{ value: 'beginner', count: 1 }] },
      },
    },
    problems: ['forbidden'],
  },
  suggestCourses: {
    query: { q: 'vu', limit: 8 },
    responses: { 200: { items: [{ title: shared.title, id, slug: shared.slug }] } },
  },
  createCourse: {
    body: {
      title: shared.title,
      summary: shared.summary,
      language: 'en',
      level: 'beginner',
      category: 'programming',
      tags: shared.tags,
      lessons: row.lessons,
    },
    responses: { 201: draft },
    problems: ['forbidden', 'conflict'],
  },
  getCourse: { params, responses: { 200: courseExample } },
  patchCourse: {
    params,
    body: { title: 'Vue in practice, second edition' },
    responses: { 200: { ...courseExample, title: 'Vue in practice, second edition', version: 4 } },
    problems: ['forbidden', 'conflict'],
  },
  deleteCourse: { params, responses: {}, problems: ['forbidden', 'conflict'] },
  publishCourse: {
    params,
    responses: { 200: courseExample },
    problems: ['forbidden'],
  },
  archiveCourse: {
    params,
    responses: { 200: { ...courseExample, status: 'archived', version: 4 } },
    problems: ['forbidden', 'conflict'],
  },
  enrol: {
    params,
    responses: {
      200: enrolment,
      201: { ...enrolment, progress: 0, completedLessons: [] },
    },
    problems: ['conflict'],
  },
  leaveCourse: { params, responses: {} },
  setProgress: {
    params,
    body: { lessonId: 'lesson-1', completed: true },
    responses: { 200: enrolment },
    problems: ['forbidden'],
  },
  rateCourse: {
    params,
    body: rating,
    responses: { 200: { courseId: id, ...rating, at: '2026-02-09T08:00:00.000Z' } },
    problems: ['forbidden'],
  },
  listMyEnrolments: {
    query: { limit: 20 },
    responses: {
      200: {
        items: [{ course: listItemExample, enrolledAt: enrolment.enrolledAt, progress: 0.5 }],
        next: null,
      },
    },
  },
  importCourses: {
    query: { dryRun: 'true' },
    body: {
      'text/csv':
        'slug,title,language,level,category\r\nvue-in-practice,Vue in practice,en,beginner,programming\r\n',
      'application/x-ndjson': `${JSON.stringify(row)}\n`,
    },
    responses: {
      200: {
        created: 1,
        updated: 0,
        unchanged: 59,
        failed: 1,
        errors: [{ line: 12, message: '/level: Invalid option' }],
      },
    },
    problems: ['forbidden', 'not_json'],
  },
  exportCourses: {
    query: { format: 'ndjson' },
    responses: { 200: `${JSON.stringify(row)}\n` },
    problems: ['forbidden'],
  },
};
