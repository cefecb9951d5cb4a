import { toRfc3339 } from '#libs/kernel';
import type { CourseListItem, CourseView, EnrolmentView } from '#libs/protocol';
import type { CourseCard, CourseRecord, EnrolmentRecord } from '#libs/state';

/** The fields a course has wherever it is shown. */
function shared(course: CourseCard | CourseRecord) {
  const { id, slug, title, summary, language, level, category, tags, coverUrl } = course;
  const { status, enrolments, version, ratingCount: count, ratingSum, publishedAt } = course;
  const average = count === 0 ? 0 : Math.round((ratingSum / count) * 100) / 100;
  return {
    id,
    slug,
    title,
    summary,
    language,
    level,
    category,
    tags,
    instructor: { id: course.instructorId, name: course.instructorName },
    ...(coverUrl !== undefined && { coverUrl }),
    status,
    rating: { average, count },
    enrolments,
    version,
    createdAt: toRfc3339(course.createdAt),
    updatedAt: toRfc3339(course.updatedAt),
    ...(publishedAt !== undefined && { publishedAt: toRfc3339(publishedAt) }),
  };
}

export function courseView(course: CourseRecord): CourseView {
  const { description, lessons } = course;
  return { ...shared(course), description, lessons };
}

export function listItem(card: CourseCard): CourseListItem {
  const { lessonCount, minutes } = card;
  return { ...shared(card), lessonCount, minutes };
}

/** Lessons that left the course since they were done do not count. */
export function doneLessons(
  { completedLessons }: EnrolmentRecord,
  lessons: readonly { id: string }[],
): string[] {
  const there = new Set(lessons.map(({ id }) => id));
  return completedLessons.filter((id) => there.has(id));
}

/** Done lessons of all, 0 to 1 in hundredths, and 1 only for all. */
export function progressOf(done: number, all: number): number {
  return all === 0 ? 0 : Math.floor((done / all) * 100) / 100;
}

export function enrolmentView(
  enrolment: EnrolmentRecord,
  lessons: readonly { id: string }[],
): EnrolmentView {
  const completedLessons = doneLessons(enrolment, lessons);
  return {
    courseId: enrolment.courseId,
    enrolledAt: toRfc3339(enrolment.enrolledAt),
    progress: progressOf(completedLessons.length, lessons.length),
    completedLessons,
  };
}
