import type { ListCoursesQuery } from '#libs/protocol';
import type { CourseFilter, CourseSort, CourseStatus } from '#libs/state';
import { tokens } from '#libs/search';
import type { Reader } from './visibility.js';

/** What a query asks for, apart from where in the answer to start. */
export interface CatalogueQuery {
  /** Without terms: undefined where nothing is searched for. */
  search: SearchTerms | undefined;
  filter: CourseFilter;
  sort: CourseSort | 'relevance';
}

export interface SearchTerms {
  /** Every term a course is looked for by. */
  all: string[];
  /** Those that mean something alone: no single characters of a longer Han run. */
  telling: string[];
}

export function searchTerms(q: string): SearchTerms {
  const found = tokens(q);
  const parts = found.filter(
    ({ start, end }) =>
      !found.some(
        (other) => other.start <= start && end <= other.end && lengthOf(other) > end - start,
      ),
  );
  const unique = (list: { term: string }[]) => [...new Set(list.map(({ term }) => term))];
  return { all: unique(found), telling: unique(parts) };
}

const lengthOf = ({ start, end }: { start: number; end: number }): number => end - start;

export function filterOf(query: ListCoursesQuery): CourseFilter {
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
  { status, instructorId }: CourseFilter,
): boolean {
  if (!status || status.every((one) => one === 'published')) return true;
  if (!reader) return false;
  const own = instructorId?.length === 1 && instructorId[0] === reader.id;
  return own || reader.roles.includes('admin');
}
