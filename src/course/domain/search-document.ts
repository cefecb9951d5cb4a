import { type CourseFacts, encodeDocument } from '#libs/search';
import type { CourseContent, CourseFacts as StoredFacts } from '#libs/state';

type Text = Pick<
  CourseContent,
  'title' | 'tags' | 'instructorName' | 'category' | 'summary' | 'description'
>;

/** What a course is found by, as it is stored beside it. */
export const documentOf = (course: Text): Uint8Array =>
  encodeDocument({
    title: course.title,
    tags: course.tags,
    instructor: course.instructorName,
    category: course.category,
    summary: course.summary,
    description: course.description,
  });

/** Votes of three stars that every course is thought to have besides its own: few votes do not make it the best. */
const [priorVotes, priorStars] = [5, 15];

/** What a course is filtered, counted and sorted by. */
export const searchFactsOf = (facts: StoredFacts): CourseFacts => ({
  status: facts.status,
  category: facts.category,
  level: facts.level,
  language: facts.language,
  instructorId: facts.instructorId,
  tags: facts.tags,
  rating: (facts.ratingSum + priorStars) / (facts.ratingCount + priorVotes),
  enrolments: facts.enrolments,
  newest: facts.publishedAt ?? facts.createdAt,
  titleKey: facts.title.normalize('NFKC').toLowerCase(),
});
