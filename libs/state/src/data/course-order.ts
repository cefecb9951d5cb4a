import type { CourseCard, CourseRecord } from './courses.js';

/** Code-point order, as databases with a binary collation have it; UTF-16 order differs above U+FFFF. */
export function compareCodePoints(one: string, other: string): number {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return Buffer.compare(left, right);
}

export function cardOf({ description: _description, lessons, ...rest }: CourseRecord): CourseCard {
  return {
    ...rest,
    lessonCount: lessons.length,
    minutes: lessons.reduce((sum, { minutes }) => sum + minutes, 0),
  };
}
