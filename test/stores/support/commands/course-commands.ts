import fc from 'fast-check';
import type {
  CourseContent,
  CourseFilter,
  CourseLevel,
  CourseSort,
  CourseStatus,
  Courses,
  FacetField,
  RatingRecord,
  SortKey,
} from '#libs/state';
import { content, terms } from '#libs/state/testing';
import {
  command,
  few,
  limit,
  maybe,
  name,
  pageOf,
  several,
  small,
  sorted,
  title,
} from './command.js';

const id = fc.constantFrom('1', '2', '3', 'x', 'X', 'é');
const status = fc.constantFrom<CourseStatus>('draft', 'published', 'published', 'archived');
const level = fc.constantFrom<CourseLevel>('beginner', 'intermediate', 'advanced');
const tags = fc.uniqueArray(name, { maxLength: 4 });
const stars = fc.constantFrom<RatingRecord['stars']>(1, 2, 3, 4, 5);
const sort = fc.constantFrom<CourseSort>('newest', 'rating', 'popular', 'title');
const fields = fc.subarray<FacetField>(['category', 'level', 'language', 'tag'], { minLength: 1 });
const lessonId = fc.constantFrom('l1', 'l2', 'L1');
const version = fc.integer({ min: 1, max: 3 });
const vocabulary = ['go', 'golang', 'Go', 'gö', '课程', '课'];

const course = fc
  .record({
    slug: name,
    title,
    status,
    level,
    category: few,
    language: fc.constantFrom('en', 'zh'),
    instructorId: few,
    tags,
    publishedAt: small,
    coverUrl: maybe(name),
    minutes: fc.array(small, { maxLength: 3 }),
  })
  .map(({ minutes, coverUrl, publishedAt, ...rest }): CourseContent => {
    const { publishedAt: _default, ...made } = content(rest.slug, rest);
    return {
      ...made,
      lessons: minutes.map((of, at) => ({ id: `l${at}`, title: `第 ${at}`, minutes: of })),
      ...(coverUrl !== undefined && { coverUrl }),
      ...(rest.status !== 'draft' && { publishedAt }),
    };
  });
const words = fc
  .dictionary(fc.constantFrom(...vocabulary), fc.integer({ min: 1, max: 3 }), { maxKeys: 4 })
  .map((frequencies) => terms(frequencies));

const filter = fc.record(
  {
    status: several(status, 2),
    category: several(few, 2),
    tag: several(title, 2),
    level: several(level, 2),
    language: several(fc.constantFrom('en', 'zh'), 2),
    instructorId: several(few, 2),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<CourseFilter>;

/** Every page of a list, whatever the page's size. */
async function listed(courses: Courses, by: CourseSort, matching: CourseFilter, size: number) {
  const pages: unknown[] = [];
  let after: SortKey | null | undefined;
  do {
    const page = await courses.list({
      filter: matching,
      sort: by,
      limit: size,
      ...(after && { after }),
    });
    pages.push(page);
    after = page.next;
  } while (after && pages.length < 30);
  return pages;
}

export const courseCommands = [
  command(
    'courses.create',
    { id, course, words, at: small },
    ({ data }, given) => data?.courses.create(given.id, given.course, given.words, given.at),
    8,
  ),
  command(
    'courses.update',
    { id, version, course, words, at: small },
    ({ data }, given) =>
      data?.courses.update(given.id, given.version, given.course, given.words, given.at),
    4,
  ),
  command('courses.delete', { id, version }, ({ data }, given) =>
    data?.courses.delete(given.id, given.version),
  ),
  command('courses.byId', { id }, ({ data }, given) => data?.courses.byId(given.id)),
  command('courses.bySlug', { slug: name }, ({ data }, { slug }) => data?.courses.bySlug(slug)),
  command('courses.cards', { ids: several(id) }, async ({ data }, { ids }) =>
    sorted((await data?.courses.cards(ids)) ?? []),
  ),
  command(
    'courses.list',
    { filter, sort, limit },
    ({ data }, given) => data && listed(data.courses, given.sort, given.filter, given.limit),
    4,
  ),
  command('courses.count', { filter }, ({ data }, given) => data?.courses.count(given.filter), 2),
  command(
    'courses.facets',
    { filter, fields },
    ({ data }, given) => data?.courses.facets(given.filter, given.fields),
    3,
  ),
  command('courses.export', { page: pageOf(id) }, ({ data }, { page }) =>
    data?.courses.export(page),
  ),
  command(
    'courses.postings',
    { terms: fc.subarray(vocabulary, { minLength: 1 }) },
    async ({ data }, given) => sorted((await data?.courses.postings(given.terms)) ?? []),
    3,
  ),
  command(
    'courses.termsWithPrefix',
    { prefix: fc.constantFrom('g', 'go', 'G', '课', 'gö', '%', '_'), limit },
    ({ data }, given) => data?.courses.termsWithPrefix(given.prefix, given.limit),
    2,
  ),
  command('courses.corpus', {}, ({ data }) => data?.courses.corpus(), 2),

  command(
    'learning.enrol',
    { user: name, id, at: small },
    ({ data }, given) => data?.learning.enrol(given.user, given.id, given.at),
    4,
  ),
  command('learning.leave', { user: name, id }, ({ data }, given) =>
    data?.learning.leave(given.user, given.id),
  ),
  command('learning.enrolment', { user: name, id }, ({ data }, given) =>
    data?.learning.enrolment(given.user, given.id),
  ),
  command(
    'learning.enrolmentsOf',
    { user: name, limit, after: maybe(fc.record({ enrolledAt: small, courseId: id })) },
    ({ data }, { user, limit: size, after }) =>
      data?.learning.enrolmentsOf(user, { limit: size, ...(after && { after }) }),
    2,
  ),
  command(
    'learning.setLesson',
    { user: name, id, lessonId, done: fc.boolean() },
    ({ data }, given) => data?.learning.setLesson(given.user, given.id, given.lessonId, given.done),
    2,
  ),
  command(
    'learning.rate',
    { user: name, id, stars, comment: maybe(name), at: small },
    ({ data }, { user, id: courseId, stars: given, comment, at }) =>
      data?.learning.rate({
        user,
        courseId,
        stars: given,
        at,
        ...(comment !== undefined && { comment }),
      }),
    3,
  ),
  command(
    'learning.importAll',
    { user: name, id, stars, at: small, lessons: fc.uniqueArray(lessonId) },
    ({ data }, { user, id: courseId, stars: given, at, lessons }) =>
      data?.learning.importAll(
        [{ user, courseId, enrolledAt: at, completedLessons: lessons }],
        [{ user, courseId, stars: given, at }],
      ),
  ),
];
