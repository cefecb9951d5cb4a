import { z } from 'zod';
import { httpUrl, id, listOf, text, time } from './common.js';

/** Without white space around it. */
const trimmed = (min: number, max: number) => z.string().trim().pipe(text(min, max));

export const courseLevel = z.enum(['beginner', 'intermediate', 'advanced']);
export const courseStatus = z.enum(['draft', 'published', 'archived']);
export const language = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a language tag such as zh, en or pt-BR');
export const category = trimmed(1, 64);
/** Tags stand in one CSV cell, separated by `|`. */
export const tag = trimmed(1, 40).refine((value) => !value.includes('|'), 'must not contain |');

/** Names of routes beside `/courses/:id`: a course of that slug could not be reached. */
const reserved = ['suggest', 'import', 'export'];
export const slug = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,94}[a-z0-9])?$/,
    '1 to 96 of a to z, digits and -, neither first nor last a -',
  )
  .refine((value) => !reserved.includes(value), `must not be one of ${reserved.join(', ')}`);

const minutes = z.number().int().min(0).max(10_000);
const lessonTitle = trimmed(1, 200);
const lesson = z.object({ id, title: z.string(), minutes });
const lessonInput = z.strictObject({ id: id.optional(), title: lessonTitle, minutes });

const lessonsInput = z
  .array(lessonInput)
  .max(500)
  .refine((given) => {
    const ids = given.flatMap((one) => one.id ?? []);
    return new Set(ids).size === ids.length;
  }, 'lessons must have different ids');

const person = z.object({ id, name: z.string() });
const rating = z.object({ average: z.number(), count: z.number().int() });

const common = {
  id,
  slug: z.string(),
  title: z.string(),
  summary: z.string(),
  language: z.string(),
  level: courseLevel,
  category: z.string(),
  tags: z.array(z.string()),
  instructor: person,
  coverUrl: z.string().optional(),
  status: courseStatus,
  rating,
  enrolments: z.number().int(),
  version: z.number().int(),
  createdAt: time,
  updatedAt: time,
  publishedAt: time.optional(),
};

const example = {
  id: '0199b3a4-7c00-7aaa-8f00-2f1c5d9e0001',
  slug: 'vue-in-practice',
  title: 'Vue in practice',
  summary: 'Build three small applications and deploy them.',
  language: 'en',
  level: 'beginner' as const,
  category: 'programming',
  tags: ['vue', 'web'],
  instructor: { id: '0199b3a4-7c00-7aaa-8f00-2f1c5d9e0002', name: 'Lin Yao' },
  status: 'published' as const,
  rating: { average: 4.5, count: 12 },
  enrolments: 48,
  version: 3,
  createdAt: '2026-01-31T08:00:00.000Z',
  updatedAt: '2026-02-01T08:00:00.000Z',
  publishedAt: '2026-02-01T08:00:00.000Z',
};
const lessons = [{ id: 'lesson-1', title: 'A first component', minutes: 25 }];

export const course = z
  .object({ ...common, description: z.string(), lessons: z.array(lesson) })
  .meta({ id: 'Course', examples: [{ ...example, description: '…', lessons }] });
export type CourseView = z.output<typeof course>;

export const courseListItem = z
  .object({ ...common, lessonCount: z.number().int(), minutes: z.number().int() })
  .meta({ id: 'CourseListItem', examples: [{ ...example, lessonCount: 12, minutes: 300 }] });
export type CourseListItem = z.output<typeof courseListItem>;

/** What was found is in `<mark>`; all else is escaped for HTML. */
const highlights = z.object({ title: z.string().optional(), summary: z.string().optional() });
const facetCounts = z.array(z.object({ value: z.string(), count: z.number().int() }));

export const facetField = z.enum(['category', 'level', 'language', 'tag']);
export const courseList = listOf(courseListItem.extend({ highlights: highlights.optional() }))
  .extend({
    total: z.number().int(),
    relaxed: z.boolean().optional().meta({
      description: 'true where no course has every word: these have most of them',
    }),
    facets: z.partialRecord(facetField, facetCounts).optional(),
  })
  .meta({ id: 'CourseList' });
export type CourseListView = z.output<typeof courseList>;

/** What an author writes; defaults are the domain's, so that a patch of these has none. */
export const courseInput = z
  .strictObject({
    title: trimmed(1, 200),
    summary: text(0, 500).optional(),
    description: text(0, 20_000).optional(),
    language,
    level: courseLevel,
    category,
    tags: z.array(tag).max(20).optional(),
    lessons: lessonsInput.optional(),
    coverUrl: httpUrl.optional(),
    slug: slug.optional(),
  })
  .meta({
    id: 'CourseInput',
    examples: [
      {
        title: example.title,
        summary: example.summary,
        language: 'en',
        level: 'beginner',
        category: 'programming',
        tags: example.tags,
        lessons: [{ title: 'A first component', minutes: 25 }],
      },
    ],
  });
export type CourseInput = z.output<typeof courseInput>;

export const coursePatch = courseInput
  .partial()
  .extend({ coverUrl: httpUrl.nullable().optional() })
  .meta({ id: 'CoursePatch', examples: [{ title: 'Vue in practice, second edition' }] });
export type CoursePatch = z.output<typeof coursePatch>;

/** One row of an import; `slug` is its key. */
export const courseRow = courseInput
  .extend({ slug, status: courseStatus.optional(), instructor: text(1, 128).optional() })
  .meta({ id: 'CourseRow' });
export type CourseRow = z.output<typeof courseRow>;

export const enrolment = z
  .object({
    courseId: id,
    enrolledAt: time,
    progress: z.number().min(0).max(1),
    completedLessons: z.array(id),
  })
  .meta({
    id: 'Enrolment',
    examples: [
      {
        courseId: example.id,
        enrolledAt: example.createdAt,
        progress: 0.5,
        completedLessons: ['lesson-1'],
      },
    ],
  });
export type EnrolmentView = z.output<typeof enrolment>;

export const ratingInput = z
  .strictObject({
    stars: z.literal([1, 2, 3, 4, 5]),
    comment: text(0, 2000).optional(),
  })
  .meta({ id: 'RatingInput', examples: [{ stars: 5, comment: 'Clear and short.' }] });
export type RatingInput = z.output<typeof ratingInput>;
export const ratingView = z
  .object({
    courseId: id,
    stars: z.number().int(),
    comment: z.string().optional(),
    at: time,
  })
  .meta({ id: 'Rating' });
export type RatingView = z.output<typeof ratingView>;

export const importReport = z
  .object({
    created: z.number().int(),
    updated: z.number().int(),
    unchanged: z.number().int(),
    failed: z.number().int(),
    errors: z
      .array(z.object({ line: z.number().int(), message: z.string() }))
      .meta({ description: 'the first 1,000, by the line on which the row begins' }),
    encoding: z
      .enum(['utf-16le', 'utf-16be', 'gb18030'])
      .optional()
      .meta({ description: 'what the text was taken for, where that is not UTF-8' }),
  })
  .meta({
    id: 'ImportReport',
    examples: [
      {
        created: 1,
        updated: 0,
        unchanged: 59,
        failed: 1,
        errors: [{ line: 12, message: '/level: Invalid option' }],
      },
    ],
  });
export type ImportReport = z.output<typeof importReport>;
