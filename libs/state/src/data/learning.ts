import type { Millis } from '#libs/kernel';

export interface EnrolmentRecord {
  user: string;
  courseId: string;
  enrolledAt: Millis;
  /** Ids of lessons done, in the order they were done. */
  completedLessons: string[];
}

export interface RatingRecord {
  user: string;
  courseId: string;
  stars: 1 | 2 | 3 | 4 | 5;
  comment?: string;
  at: Millis;
}

/** Who takes what, how far they are, and what they think of it. Keeps `CourseStats` true in the same transaction. */
export abstract class Learning {
  /** @throws NoSuchRecord where the course does not exist. */
  abstract enrol(
    user: string,
    courseId: string,
    at: Millis,
  ): Promise<{ enrolment: EnrolmentRecord; created: boolean }>;
  /** True where there was one. Ratings stay. */
  abstract leave(user: string, courseId: string): Promise<boolean>;
  abstract enrolment(user: string, courseId: string): Promise<EnrolmentRecord | null>;
  /** Newest first, ties by course id; `after` is the last one's `{enrolledAt, courseId}`. */
  abstract enrolmentsOf(
    user: string,
    page: { limit: number; after?: { enrolledAt: Millis; courseId: string } },
  ): Promise<EnrolmentRecord[]>;
  /** Adds or removes one lesson. Idempotent. @throws NoSuchRecord where there is no enrolment. */
  abstract setLesson(
    user: string,
    courseId: string,
    lessonId: string,
    completed: boolean,
  ): Promise<EnrolmentRecord>;
  /** Replaces an earlier rating by the same user. @throws NoSuchRecord where the course does not exist. */
  abstract rate(rating: RatingRecord): Promise<void>;
  /** Stores many at once; an enrolment or rating that exists, or whose course does not, is left out. */
  abstract importAll(
    enrolments: readonly EnrolmentRecord[],
    ratings: readonly RatingRecord[],
  ): Promise<void>;
}
