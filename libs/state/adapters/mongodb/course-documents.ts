import { Binary } from 'mongodb';
import {
  type CourseCard,
  type CourseContent,
  type CourseRecord,
  type CourseFacts,
  type CourseStats,
  newEpoch,
} from '#libs/state';

/** A change of the learners of a course that was announced and not yet counted. */
export interface Change {
  token: string;
  at: number;
}

/** What is worked out from the content with each write of it, so that cards need no lessons. */
interface Derived {
  lessonCount: number;
  minutes: number;
}

export interface CourseDocument extends CourseContent, CourseStats, Derived {
  _id: string;
  /** Random, of this course only: what hangs on it is not inherited by a later course of the same id. */
  course: string;
  version: number;
  createdAt: number;
  updatedAt: number;
  /** Not empty: the counts may be behind, and whoever reads them counts anew. */
  changing: Change[];
  /** Rises with every change of the counts or of `changing`. */
  tick: number;
  /** The number of its last change, of its own or announced by its learners. */
  revision: number;
  /** What it is found by, and the number of the change that wrote it. */
  document?: Binary;
  documentRevision?: number;
}

export function contentFields(content: CourseContent): CourseContent & Derived {
  const { lessons } = content;
  return {
    ...contentOf(content),
    lessonCount: lessons.length,
    minutes: lessons.reduce((sum, { minutes }) => sum + minutes, 0),
  };
}

const contentOf = (given: CourseContent): CourseContent => ({
  slug: given.slug,
  title: given.title,
  summary: given.summary,
  description: given.description,
  language: given.language,
  level: given.level,
  category: given.category,
  tags: given.tags,
  lessons: given.lessons,
  ...(given.coverUrl !== undefined && { coverUrl: given.coverUrl }),
  instructorId: given.instructorId,
  instructorName: given.instructorName,
  status: given.status,
  ...(given.publishedAt !== undefined && { publishedAt: given.publishedAt }),
});

export const recordOf = (found: CourseDocument): CourseRecord => ({
  ...contentOf(found),
  id: found._id,
  version: found.version,
  enrolments: found.enrolments,
  ratingCount: found.ratingCount,
  ratingSum: found.ratingSum,
  createdAt: found.createdAt,
  updatedAt: found.updatedAt,
});

/** Whoever reads a course leaves on the server what it is found by. */
export const recordProjection = { document: 0 } as const;

/** Lists leave the long texts there, too. */
export const cardProjection = { ...recordProjection, description: 0, lessons: 0 } as const;

export function factsOf(found: CourseDocument): CourseFacts {
  const { title, status, category, level, language, instructorId, tags } = found;
  const { publishedAt, createdAt, enrolments, ratingCount, ratingSum } = found;
  return {
    ...{ title, status, category, level, language, instructorId, tags },
    ...(publishedAt !== undefined && { publishedAt }),
    ...{ createdAt, enrolments, ratingCount, ratingSum },
  };
}

/** A course that is there for the first time. */
export const storedCourse = ({
  course,
  document,
  revision,
}: {
  course: CourseRecord;
  document: Uint8Array;
  revision: number;
}): CourseDocument => {
  const { id, version, createdAt, updatedAt, enrolments, ratingCount, ratingSum } = course;
  return {
    _id: id,
    course: newEpoch(),
    ...contentFields(course),
    ...{ version, createdAt, updatedAt, enrolments, ratingCount, ratingSum },
    ...{ changing: [], tick: 0, revision, documentRevision: revision },
    document: new Binary(document),
  };
};

export function cardOfDocument(found: CourseDocument): CourseCard {
  const { description: _description, lessons: _lessons, ...rest } = recordOf(found);
  return { ...rest, lessonCount: found.lessonCount, minutes: found.minutes };
}
