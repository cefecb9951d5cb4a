import type { ListCoursesQuery } from '#libs/protocol';
import type { SearchFilter, SearchSort } from '#libs/search';
import type { CourseStatus } from '#libs/state';
import type { Reader } from './visibility.js';

export type CatalogueFilter = SearchFilter & { status: CourseStatus[] };

/** What is typed without white space around it, and the order: best first where something is. */
export function searchOf({ q = '', sort }: ListCoursesQuery): { text: string; sort: SearchSort } {
  const text = q.trim();
  if (text !== '') return { text, sort: sort ?? 'relevance' };
  return { text, sort: sort === undefined || sort === 'relevance' ? 'newest' : sort };
}

export function filterOf(query: ListCoursesQuery): CatalogueFilter {
  const { category, tag, level, language, instructor, status } = query;
  const shown: CourseStatus[] = status?.length ? status : ['published'];
  return {
    status: shown,
    ...(category && { category }),
    ...(tag && { tag }),
    ...(level && { level }),
    ...(language && { language }),
    ...(instructor && { instructorId: instructor }),
  };
}

/** Drafts and archived courses are listed for administrators, and for instructors who ask for their own. */
export function mayList(
  reader: Reader | undefined,
  { status, instructorId }: CatalogueFilter,
): boolean {
  if (status.every((one) => one === 'published')) return true;
  if (!reader) return false;
  const own = instructorId?.length === 1 && instructorId[0] === reader.id;
  return own || reader.roles.includes('admin');
}
