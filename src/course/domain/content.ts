import type { CourseInput, CoursePatch } from '#libs/protocol';
import type { CourseContent, CourseRecord, Lesson } from '#libs/state';

export interface Author {
  id: string;
  name: string;
}

/** The part of an input that is the course itself; everything optional has its default. */
type Written = Pick<
  CourseContent,
  'title' | 'summary' | 'description' | 'language' | 'level' | 'category' | 'tags' | 'lessons'
> & { coverUrl?: string };

export function writtenOf(input: CourseInput, before: readonly Lesson[] = []): Written {
  const { title, summary = '', description = '', language, level, category, coverUrl } = input;
  return {
    title,
    summary,
    description,
    language,
    level,
    category,
    tags: [...new Set(input.tags)],
    lessons: lessonsOf(input.lessons ?? [], before),
    ...(coverUrl !== undefined && { coverUrl }),
  };
}

export const draftOf = (input: CourseInput, slug: string, author: Author): CourseContent => ({
  ...writtenOf(input),
  slug,
  instructorId: author.id,
  instructorName: author.name,
  status: 'draft',
});

/** What is written in the patch replaces what was; `coverUrl: null` removes it. */
export function patched(course: CourseRecord, patch: CoursePatch): CourseContent {
  const { slug, coverUrl: cover, ...rest } = contentOf(course);
  const given = Object.fromEntries(
    Object.entries(patch).filter(([field, value]) => value !== undefined && field !== 'coverUrl'),
  );
  const coverUrl = patch.coverUrl === undefined ? cover : patch.coverUrl;
  return {
    slug,
    ...rest,
    ...given,
    ...(patch.tags && { tags: [...new Set(patch.tags)] }),
    lessons: patch.lessons ? lessonsOf(patch.lessons, course.lessons) : course.lessons,
    ...(typeof coverUrl === 'string' && { coverUrl }),
  };
}

/** A record without what learners and the store add. */
export function contentOf(course: CourseRecord): CourseContent {
  const { slug, title, summary, description, language, level, category, tags, lessons } = course;
  const { coverUrl, instructorId, instructorName, status, publishedAt } = course;
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
    instructorId,
    instructorName,
    status,
    ...(publishedAt !== undefined && { publishedAt }),
  };
}

/** Whatever the order in which a store gives back fields. */
export const sameContent = (one: CourseContent, other: CourseContent): boolean =>
  canonical(one) === canonical(other);

function canonical({ lessons, ...rest }: CourseContent): string {
  const { slug, title, summary, description, language, level, category, tags, coverUrl } = rest;
  const { instructorId, instructorName, status, publishedAt } = rest;
  return JSON.stringify([
    [slug, title, summary, description, language, level, category, tags, coverUrl],
    [instructorId, instructorName, status, publishedAt],
    lessons.map(({ id, title, minutes }) => [id, title, minutes]),
  ]);
}

/**
 * Lessons with ids: a lesson given without one keeps the id of the lesson of that title it was
 * before, so that writing a course again does not lose its learners' progress.
 */
export function lessonsOf(
  given: readonly { id?: string | undefined; title: string; minutes: number }[],
  before: readonly Lesson[],
): Lesson[] {
  const taken = new Set(given.flatMap(({ id }) => id ?? []));
  const idFor = (title: string): string => {
    const known = before.find((lesson) => lesson.title === title && !taken.has(lesson.id));
    if (known) return known.id;
    const used = new Set([...taken, ...before.map(({ id }) => id)]);
    for (let n = 1; ; n += 1) if (!used.has(`lesson-${n}`)) return `lesson-${n}`;
  };
  return given.map(({ id: own, title, minutes }) => {
    const id = own ?? idFor(title);
    taken.add(id);
    return { id, title, minutes };
  });
}
