import fc from 'fast-check';
import type {
  CourseChanges,
  CourseContent,
  CourseLevel,
  CourseStatus,
  Courses,
  RatingRecord,
} from '#libs/state';
import { content, document } from '#libs/state/testing';
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
const lessonId = fc.constantFrom('l1', 'l2', 'L1');
const version = fc.integer({ min: 1, max: 3 });

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
const words = few.map((text) => document(text));

/** Everything that is told from the beginning; numbers are each store's own. */
async function told(courses: Courses, size: number) {
  const found = new Map<string, unknown>();
  let after: number | null = 0;
  while (after !== null) {
    const page: CourseChanges | null = await courses.changes({ known: 0, after, limit: size });
    for (const { id: of, facts, document: bytes } of page?.items ?? []) {
      found.delete(of);
      if (facts) found.set(of, { facts, bytes: bytes && new TextDecoder().decode(bytes) });
    }
    after = page?.next ?? null;
  }
  return sorted([...found]);
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
  command('courses.bySlugs', { slugs: several(name) }, async ({ data }, { slugs }) =>
    sorted((await data?.courses.bySlugs(slugs)) ?? []),
  ),
  command('courses.byIds', { ids: several(id) }, async ({ data }, { ids }) =>
    sorted((await data?.courses.byIds(ids)) ?? []),
  ),
  command(
    'courses.writeAll',
    { writes: several(fc.record({ id, version: maybe(version), course, words })), at: small },
    ({ data }, { writes, at }) =>
      data?.courses.writeAll(
        writes.map(({ version: expected, course: given, words: bytes, ...rest }) => ({
          ...{ ...rest, content: given, document: bytes, expectedVersion: expected ?? null },
        })),
        at,
      ),
    4,
  ),
  command(
    'courses.changes',
    { limit },
    ({ data }, given) => data && told(data.courses, given.limit),
    4,
  ),
  command('courses.export', { page: pageOf(id) }, ({ data }, { page }) =>
    data?.courses.export(page),
  ),
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
