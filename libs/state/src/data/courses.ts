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

/** What a list or a search decides by, beside the search document: the facts of one course. */
export type CourseFacts = Pick<
  CourseRecord,
  | 'title'
  | 'status'
  | 'category'
  | 'level'
  | 'language'
  | 'instructorId'
  | 'tags'
  | 'publishedAt'
  | 'createdAt'
  | keyof CourseStats
>;

export interface CourseChange {
  id: string;
  revision: number;
  /** As they are when they are read, which may be later than `revision`; null where the course is gone. */
  facts: CourseFacts | null;
  /** The search document, where the reader may not know it; a course that has none is without it. */
  document?: Uint8Array;
}

export interface ChangesPage {
  /** What the reader knew before the first page; 0 where nothing. */
  known: number;
  /** `next` of the page before; `known` where absent. */
  after?: number;
  limit: number;
}

export interface CourseChanges {
  /** Ascending by revision; of a course its last change only. */
  items: CourseChange[];
  /** Where the next page starts; null on the last one. */
  next: number | null;
  /** Every change up to here is known to who has read on from this page to the last one. */
  revision: number;
}

/** One course of many that are written together. */
export interface CourseWrite {
  id: string;
  /** Null where the course is new. */
  expectedVersion: number | null;
  content: CourseContent;
  document: Uint8Array;
}

/** `conflict`: not at the expected version, or not there; `taken`: another course has the id or the slug. */
export type WriteOutcome = 'created' | 'updated' | 'conflict' | 'taken';

/** How long the deletion of a course is told to who follows the changes, ms. */
export const deletionsKeptMs = 24 * 60 * 60_000;

/**
 * The catalogue. With each course an encoded search document is kept, bytes that only their author
 * understands: written in the same transaction, handed out by `changes`.
 */
export abstract class Courses {
  /** Stored with `version` 1 and no learners. @throws AlreadyExists where id or slug is taken. */
  abstract create(
    id: string,
    content: CourseContent,
    document: Uint8Array,
    at: Millis,
  ): Promise<CourseRecord>;
  /** @throws VersionConflict, NoSuchRecord, AlreadyExists (slug) */
  abstract update(
    id: string,
    expectedVersion: number,
    content: CourseContent,
    document: Uint8Array,
    at: Millis,
  ): Promise<CourseRecord>;
  /**
   * Creates and updates many, some hundreds, in as few transactions as the store has; outcomes in the
   * order given. What is refused is left out and told; of two with one id or slug the first is written.
   */
  abstract writeAll(courses: readonly CourseWrite[], at: Millis): Promise<WriteOutcome[]>;
  /** Removes the course, its document, enrolments and ratings. @throws VersionConflict, NoSuchRecord */
  abstract delete(id: string, expectedVersion: number): Promise<void>;
  abstract byId(id: string): Promise<CourseRecord | null>;
  abstract bySlug(slug: string): Promise<CourseRecord | null>;
  /** Those that exist, in no order. */
  abstract byIds(ids: readonly string[]): Promise<CourseRecord[]>;
  /** Those that exist, in no order. */
  abstract bySlugs(slugs: readonly string[]): Promise<CourseRecord[]>;
  /** Those that exist, in no order. */
  abstract cards(ids: readonly string[]): Promise<CourseCard[]>;
  /** Whole records, ascending by id; continue with the last id. */
  abstract export(page: { limit: number; after?: string }): Promise<CourseRecord[]>;

  /**
   * Rises with every change that a list, a card or a search could show: courses, enrolments, ratings.
   * Not before the change can be read, and not after its author is answered: a cached answer is right
   * as long as the revision is what it was before the answer was made.
   */
  abstract revision(): Promise<number>;
  /**
   * The courses that changed after a position, for who keeps a copy of what is searched. Commit-visible:
   * whoever has read from what he knew to the last page, and knows the first page's `revision` the next
   * time, misses no change, also of writers that were under way; some come twice. Null where deletions
   * since then have been forgotten, or the store was put back to before: begin again at 0.
   */
  abstract changes(page: ChangesPage): Promise<CourseChanges | null>;
  /** Documents as they are stored, ascending by id; null where a course has none. */
  abstract documents(page: { limit: number; after?: string }): Promise<CourseDocument[]>;
  /**
   * Stores documents made anew of what courses were at `version`, for those still at it. No change to
   * who follows: the same courses are found as before. Gives how many were stored.
   */
  abstract putDocuments(
    documents: readonly (CourseDocument & { document: Uint8Array })[],
  ): Promise<number>;
}

export interface CourseDocument {
  id: string;
  /** The course's. */
  version: number;
  document: Uint8Array | null;
}
