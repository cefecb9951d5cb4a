import type {
  CourseCard,
  CourseFilter,
  CourseRecord,
  CourseSort,
  FacetCount,
  FacetField,
  SortKey,
} from './courses.js';

/** The value a course is sorted by; see SortKey. */
export function sortValue(course: CourseCard | CourseRecord, sort: CourseSort): string | number {
  switch (sort) {
    case 'newest':
      return course.publishedAt ?? course.createdAt;
    case 'rating':
      return (course.ratingSum + 15) / (course.ratingCount + 5);
    case 'popular':
      return course.enrolments;
    case 'title':
      return titleKey(course.title);
  }
}

export const titleKey = (title: string): string => title.normalize('NFKC').toLowerCase();

/** Code-point order, as databases with a binary collation have it; UTF-16 order differs above U+FFFF. */
export function compareCodePoints(one: string, other: string): number {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return Buffer.compare(left, right);
}

export function matchesFilter(course: CourseCard | CourseRecord, filter: CourseFilter): boolean {
  const among = (values: readonly string[] | undefined, value: string) =>
    !values || values.includes(value);
  return (
    among(filter.status, course.status) &&
    among(filter.category, course.category) &&
    among(filter.level, course.level) &&
    among(filter.language, course.language) &&
    among(filter.instructorId, course.instructorId) &&
    (!filter.tag || filter.tag.some((tag) => course.tags.includes(tag)))
  );
}

export function cardOf({ description: _description, lessons, ...rest }: CourseRecord): CourseCard {
  return {
    ...rest,
    lessonCount: lessons.length,
    minutes: lessons.reduce((sum, { minutes }) => sum + minutes, 0),
  };
}

/** The order of a list: only titles ascend; ties by id, ascending. `relevance` is a score. */
export function compareSortKeys(
  sort: CourseSort | 'relevance',
  one: SortKey,
  other: SortKey,
): number {
  const byValue =
    typeof one.value === 'string'
      ? compareCodePoints(one.value, String(other.value))
      : one.value - Number(other.value);
  return (sort === 'title' ? byValue : -byValue) || compareCodePoints(one.id, other.id);
}

/** Most frequent first, ties by value in code-point order. */
export function countFacet(
  courses: readonly (CourseCard | CourseRecord)[],
  field: FacetField,
): FacetCount[] {
  const counts = new Map<string, number>();
  for (const course of courses) {
    for (const value of field === 'tag' ? new Set(course.tags) : [course[field]])
      counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const sorted = [...counts].map(([value, count]) => ({ value, count }));
  return sorted.sort(
    (one, other) => other.count - one.count || compareCodePoints(one.value, other.value),
  );
}
