import { AppError, type Millis } from '#libs/kernel';
import type { CourseContent, CourseStatus } from '#libs/state';

/** The content in another status. `publishedAt` is the first time: publishing again does not make a course new. */
export function withStatus(
  content: CourseContent,
  status: CourseStatus,
  now: Millis,
): CourseContent {
  const publishedAt = content.publishedAt ?? (status === 'published' ? now : undefined);
  return { ...content, status, ...(publishedAt !== undefined && { publishedAt }) };
}

/** @throws AppError conflict: learners may have seen what is not a draft. */
export function requireDraft(status: CourseStatus): void {
  if (status !== 'draft')
    throw new AppError('conflict', `only drafts are deleted, this course is ${status}; archive it`);
}

/** @throws AppError conflict: nobody has what was never published. */
export function requireArchivable(status: CourseStatus): void {
  if (status === 'draft')
    throw new AppError('conflict', 'a draft is not archived: delete it, or publish it first');
}

/** @throws AppError conflict */
export function requirePublished(status: CourseStatus): void {
  if (status !== 'published')
    throw new AppError('conflict', `only published courses take learners, this one is ${status}`);
}
