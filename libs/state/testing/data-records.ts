import type { AccountRecord, CourseContent, CourseTerms } from '#libs/state';

export const account = (id: string, more: Partial<AccountRecord> = {}): AccountRecord => ({
  id,
  username: id,
  usernameKey: id,
  name: id,
  roles: ['student'],
  createdAt: 1,
  ...more,
});

export const content = (slug: string, more: Partial<CourseContent> = {}): CourseContent => ({
  slug,
  title: slug,
  summary: `about ${slug}`,
  description: 'long',
  language: 'en',
  level: 'beginner',
  category: 'web',
  tags: [],
  lessons: [{ id: '1', title: 'one', minutes: 5 }],
  instructorId: 'teacher',
  instructorName: 'Teacher',
  status: 'published',
  publishedAt: 1,
  ...more,
});

export const terms = (frequencies: Record<string, number> = {}): CourseTerms => ({
  frequencies: new Map(Object.entries(frequencies)),
  length: Object.values(frequencies).reduce((sum, count) => sum + count, 0),
});
