import type { CourseRecord } from '#libs/state';

/** What recommending asks of a course. */
export type CourseFacts = Pick<
  CourseRecord,
  | 'title'
  | 'status'
  | 'category'
  | 'level'
  | 'language'
  | 'tags'
  | 'enrolments'
  | 'ratingCount'
  | 'ratingSum'
>;
