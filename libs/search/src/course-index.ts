/** What of a course is searched. */
export interface CourseText {
  title: string;
  tags: readonly string[];
  instructor: string;
  category: string;
  summary: string;
  description: string;
}

/** What of a course is filtered, counted and sorted by. */
export interface CourseFacts {
  status: string;
  category: string;
  level: string;
  language: string;
  instructorId: string;
  tags: readonly string[];
  /** The damped average. */
  rating: number;
  enrolments: number;
  /** When it was published, or made: milliseconds since 1970. */
  newest: number;
  titleKey: string;
}

/** Values of one field are alternatives; fields must all match. An absent field matches everything. */
export interface SearchFilter {
  status?: readonly string[];
  category?: readonly string[];
  tag?: readonly string[];
  level?: readonly string[];
  language?: readonly string[];
  instructorId?: readonly string[];
}

export type SearchSort = 'relevance' | 'newest' | 'rating' | 'popular' | 'title';

export type SearchFacet = 'category' | 'level' | 'language' | 'tag';

/** The sort key of a page's last hit: a score, a time, a rating, a number of learners or a title key. */
export interface SearchCursor {
  value: number | string;
  id: string;
}

export interface SearchQuery {
  /** Empty lists by filter and sort alone; `relevance` is then `newest`. */
  text: string;
  filter: SearchFilter;
  sort: SearchSort;
  limit: number;
  after?: SearchCursor;
  facets?: readonly SearchFacet[];
}

export interface FacetValue {
  value: string;
  count: number;
}

export interface SearchResult {
  /** Best first, ties by id in code-point order. */
  hits: { id: string; score: number }[];
  /** How many there are on all pages. */
  total: number;
  /** No course has all that is asked for: these have most of it. */
  relaxed: boolean;
  /** Of all that were found, not of this page alone; most frequent first, ties by value in code-point order. */
  facets?: Map<SearchFacet, FacetValue[]>;
  /** Null on the last page. */
  next: SearchCursor | null;
}
