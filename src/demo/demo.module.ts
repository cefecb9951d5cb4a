import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { Clock, type Logger, newId } from '#libs/kernel';
import {
  type AccountRecord,
  type CourseContent,
  DataStore,
  type EnrolmentRecord,
  type RatingRecord,
} from '#libs/state';
import { documentOf } from '../course/index.js';
import { LOGGER } from '../platform/logging/logger.js';
import { packageRoot } from '../platform/package-root.js';
import { syntheticLearners, type SyntheticInteraction } from './synthetic-learners.js';

type Row = Omit<CourseContent, 'instructorId' | 'instructorName'> & { instructor: string };

const folder = join(packageRoot, 'config/demo');
const learnerCount = 200;

/** Fills an empty catalogue, outside production, with something to look at. Nobody can sign in as anyone of it. */
@Module({})
export class DemoModule implements OnModuleInit {
  constructor(
    private readonly data: DataStore,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    if ((await this.data.courses.export({ limit: 1 })).length > 0) return;
    const now = this.clock.now();
    const teachers = JSON.parse(readFileSync(join(folder, 'instructors.json'), 'utf8')) as {
      username: string;
      name: string;
    }[];
    await this.data.accounts.createMissing(
      teachers.map(({ username, name }) => person(`demo-${username}`, name, 'instructor', now)),
    );
    const names = new Map(teachers.map(({ username, name }) => [username, name]));
    const rows = readFileSync(join(folder, 'courses.ndjson'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row);
    const courses: { id: string; category: string; language: string }[] = [];
    for (const [at, { instructor, ...row }] of rows.entries()) {
      // Published one a day, so that "newest" has an order.
      const publishedAt = now - (rows.length - at) * 24 * 3600_000;
      const content: CourseContent = {
        ...row,
        instructorId: `demo-${instructor}`,
        instructorName: names.get(instructor) ?? instructor,
        publishedAt,
      };
      const { id } = await this.data.courses.create(
        newId(),
        content,
        documentOf(content),
        publishedAt,
      );
      courses.push({ id, category: row.category, language: row.language });
    }
    const { learners, interactions } = syntheticLearners(courses, {
      count: learnerCount,
      seed: 20260101,
      now,
    });
    await this.data.accounts.createMissing(
      learners.map(({ id, name }) => person(id, name, 'student', now)),
    );
    await this.data.learning.importAll(
      enrolmentsOf(interactions, rows, courses),
      ratingsOf(interactions),
    );
    await this.data.interactions.append(
      interactions.map((interaction) => ({ ...interaction, id: newId() })),
    );
    this.logger.info(
      { courses: courses.length, learners: learners.length },
      'the empty catalogue was filled with the demo; DEMO=off leaves it out',
    );
  }
}

const person = (
  id: string,
  name: string,
  role: 'instructor' | 'student',
  createdAt: number,
): AccountRecord => ({
  id,
  username: id,
  usernameKey: id,
  name,
  roles: [role],
  createdAt,
});

function enrolmentsOf(
  interactions: readonly SyntheticInteraction[],
  rows: readonly Row[],
  courses: readonly { id: string }[],
): EnrolmentRecord[] {
  const lessons = new Map(
    courses.map(({ id }, at) => [id, rows[at]?.lessons.map((lesson) => lesson.id) ?? []]),
  );
  const completed = new Set(
    interactions.flatMap(({ type, user, courseId }) =>
      type === 'complete' ? [`${user} ${courseId}`] : [],
    ),
  );
  return interactions.flatMap(({ type, user, courseId, at }) => {
    if (type !== 'enrol') return [];
    const all = lessons.get(courseId) ?? [];
    const done = completed.has(`${user} ${courseId}`) ? all : all.slice(0, 1);
    return [{ user, courseId, enrolledAt: at, completedLessons: done }];
  });
}

const ratingsOf = (interactions: readonly SyntheticInteraction[]): RatingRecord[] =>
  interactions.flatMap(({ type, user, courseId, value, at }) =>
    type === 'rate' && value !== undefined
      ? [{ user, courseId, stars: value as RatingRecord['stars'], at }]
      : [],
  );
