import type { AccountRecord, CourseContent } from '#libs/state';

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

/** Opaque to the stores: any bytes do. */
export const document = (text = ''): Uint8Array => new TextEncoder().encode(`\0${text}`);
