import type { CourseFilter, CourseSort, SortKey } from '#libs/state';
import type { Dialect } from '../dialect.js';
import type { Param } from '../queries.js';

/** A condition and its parameters, in the order of its question marks. */
export interface Condition {
  sql: string;
  params: Param[];
}

const columns = {
  status: 'status',
  category: 'category',
  level: 'level',
  language: 'language',
  instructorId: 'instructor_id',
} as const;

/** Only the fields that are filtered: a database plans what stands there, not what might. */
export function matching(filter: CourseFilter, dialect: Dialect): Condition {
  const parts: string[] = [];
  const params: Param[] = [];
  for (const [field, column] of Object.entries(columns)) {
    const values = filter[field as keyof typeof columns];
    if (!values) continue;
    parts.push(dialect.among(`courses.${column}`));
    params.push(dialect.list(values));
  }
  if (filter.tag) {
    parts.push(
      `courses.id IN (SELECT course_id FROM course_tags WHERE ${dialect.among('course_tags.tag')})`,
    );
    params.push(dialect.list(filter.tag));
  }
  return { sql: parts.length > 0 ? parts.join(' AND ') : '1 = 1', params };
}

interface Order {
  /** As `sortValue` computes it. */
  column: string;
  direction: 'ASC' | 'DESC';
  next: '<' | '>';
  /** A cursor's value as its column takes it: a server refuses what it cannot compare. */
  value: (given: string | number) => string | number;
}

const whole = (given: string | number) => Math.trunc(Number(given)) || 0;

const orders: Record<CourseSort, Order> = {
  newest: { column: 'newest_key', direction: 'DESC', next: '<', value: whole },
  rating: {
    column: 'rating_key',
    direction: 'DESC',
    next: '<',
    value: (given) => Number(given) || 0,
  },
  popular: { column: 'enrolments', direction: 'DESC', next: '<', value: whole },
  title: { column: 'title_key', direction: 'ASC', next: '>', value: String },
};

export const orderBy = (sort: CourseSort): string =>
  `${orders[sort].column} ${orders[sort].direction}, id`;

/** What comes after a key in the order of a sort. */
export function beyond(sort: CourseSort, after: SortKey | undefined): Condition {
  if (!after) return { sql: '1 = 1', params: [] };
  const { column, next, value } = orders[sort];
  const key = value(after.value);
  return {
    sql: `(${column} ${next} ? OR (${column} = ? AND id > ?))`,
    params: [key, key, after.id],
  };
}
