import type { Millis } from '#libs/kernel';

export type CourseStatus = 'draft' | 'published' | 'archived';
export type CourseLevel = 'beginner' | 'intermediate' | 'advanced';

export interface Lesson {
  id: string;
  title: string;
  minutes: number;
}

/** What a course's author writes. */
export interface CourseContent {
  slug: string;
  title: string;
  summary: string;
  description: string;
  language: string;
  level: CourseLevel;
  category: string;
  tags: string[];
  lessons: Lesson[];
  coverUrl?: string;
  instructorId: string;
  instructorName: string;
  status: CourseStatus;
  publishedAt?: Millis;
}

/** What its learners add. Changing these does not change `version`. */
export interface CourseStats {
  enrolments: number;
  ratingCount: number;
  /** Sum of stars; the average is ratingSum / ratingCount. */
  ratingSum: number;
}

export interface CourseRecord extends CourseContent, CourseStats {
  id: string;
  /** 1 at creation, +1 with each update. */
  version: number;
  createdAt: Millis;
  updatedAt: Millis;
}

/** A course in a list: without its long texts. */
export type CourseCard = Omit<CourseRecord, 'description' | 'lessons'> & {
  lessonCount: number;
  minutes: number;
};

/** Term frequencies of one course, and its length in tokens. */
export interface CourseTerms {
  /** term → how often it occurs, ≥ 1 */
  frequencies: ReadonlyMap<string, number>;
  length: number;
}

export interface Posting {
  term: string;
  courseId: string;
  frequency: number;
  /** The course's length in tokens. */
  length: number;
}

export interface CorpusStats {
  /** Published courses. */
  documents: number;
  /** Sum of their lengths in tokens. */
  totalLength: number;
}

/** Values of one field are alternatives; fields must all match. An absent field matches everything. */
export interface CourseFilter {
  status?: CourseStatus[];
  category?: string[];
  tag?: string[];
  level?: CourseLevel[];
  language?: string[];
  instructorId?: string[];
}

export type CourseSort = 'newest' | 'rating' | 'popular' | 'title';

export type FacetField = 'category' | 'level' | 'language' | 'tag';

export interface FacetCount {
  value: string;
  count: number;
}

/**
 * The sort key of the last item of a page: `newest` publishedAt (createdAt where absent) descending,
 * `rating` the damped average (ratingSum + 15) / (ratingCount + 5) descending, `popular` enrolments
 * descending, `title` in code-point order of its case-folded NFKC form. Ties by id, ascending.
 */
export interface SortKey {
  value: string | number;
  id: string;
}

export interface CourseQuery {
  filter: CourseFilter;
  sort: CourseSort;
  limit: number;
  after?: SortKey;
}

export abstract class Courses {
  /** Stored with `version` 1 and no learners, searchable from then on. @throws AlreadyExists where id or slug is taken. */
  abstract create(
    id: string,
    content: CourseContent,
    terms: CourseTerms,
    at: Millis,
  ): Promise<CourseRecord>;
  /** @throws VersionConflict, NoSuchRecord, AlreadyExists (slug) */
  abstract update(
    id: string,
    expectedVersion: number,
    content: CourseContent,
    terms: CourseTerms,
    at: Millis,
  ): Promise<CourseRecord>;
  /** Removes the course, its postings, enrolments and ratings. @throws VersionConflict, NoSuchRecord */
  abstract delete(id: string, expectedVersion: number): Promise<void>;
  abstract byId(id: string): Promise<CourseRecord | null>;
  abstract bySlug(slug: string): Promise<CourseRecord | null>;
  /** Those that exist, in no order. */
  abstract cards(ids: readonly string[]): Promise<CourseCard[]>;
  /** `next` is null on the last page. */
  abstract list(query: CourseQuery): Promise<{ items: CourseCard[]; next: SortKey | null }>;
  abstract count(filter: CourseFilter): Promise<number>;
  /** Most frequent first, ties by value in code-point order. */
  abstract facets(
    filter: CourseFilter,
    fields: readonly FacetField[],
  ): Promise<Map<FacetField, FacetCount[]>>;
  /** Whole records, ascending by id; continue with the last id. */
  abstract export(page: { limit: number; after?: string }): Promise<CourseRecord[]>;

  /** Postings of published courses for these terms. */
  abstract postings(terms: readonly string[]): Promise<Posting[]>;
  /** Terms of published courses that start with `prefix`, in code-point order. */
  abstract termsWithPrefix(prefix: string, limit: number): Promise<string[]>;
  abstract corpus(): Promise<CorpusStats>;

  /**
   * Rises with every change that a list, a card or a search could show: courses, enrolments, ratings.
   * Not before the change can be read, and not after its author is answered: a cached answer is right
   * as long as the revision is what it was before the answer was made.
   */
  abstract revision(): Promise<number>;
}
