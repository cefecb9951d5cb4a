import type { CourseRecord, Role } from '#libs/state';

/** Who is asking, as far as courses care. */
export interface Reader {
  id: string;
  roles: readonly Role[];
}

type Owned = Pick<CourseRecord, 'instructorId'>;

/** Its instructor and administrators change a course and moderate its room. */
export const mayManage = (reader: Reader | undefined, course: Owned): boolean =>
  reader !== undefined && (reader.roles.includes('admin') || course.instructorId === reader.id);

export const mayWrite = (reader: Reader): boolean =>
  reader.roles.includes('instructor') || reader.roles.includes('admin');

/** Whether a reader sees the course; `enrolled` where only those who take it do. */
export function sight(
  reader: Reader | undefined,
  course: Owned & Pick<CourseRecord, 'status'>,
): 'visible' | 'hidden' | 'enrolled' {
  if (course.status === 'published' || mayManage(reader, course)) return 'visible';
  return course.status === 'archived' && reader !== undefined ? 'enrolled' : 'hidden';
}
