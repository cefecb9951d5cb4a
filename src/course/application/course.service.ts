import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError, Clock, newId } from '#libs/kernel';
import type { CourseInput, CoursePatch } from '#libs/protocol';
import { AlreadyExists, type CourseContent, type CourseRecord, DataStore } from '#libs/state';
import { type Author, draftOf, patched } from '../domain/content.js';
import { documentOf } from '../domain/search-document.js';
import { slugAttempt, slugOf } from '../domain/slug.js';
import { requireArchivable, requireDraft, withStatus } from '../domain/status.js';
import { mayManage, mayWrite, type Reader } from '../domain/visibility.js';
import { CatalogueChanges } from './catalogue-changes.js';
import { CourseReader } from './course-reader.js';

const attempts = 5;

/** What the caller holds of a course; refuses where it is not what is stored. */
export type Precondition = (course: CourseRecord) => void;

/** Writing courses. */
@Injectable()
export class CourseService {
  constructor(
    private readonly data: DataStore,
    private readonly reader: CourseReader,
    private readonly changes: CatalogueChanges,
    private readonly clock: Clock,
  ) {}

  async create(author: Author & Reader, input: CourseInput): Promise<CourseRecord> {
    this.requireWriter(author);
    const slug = input.slug ?? slugOf(input.title);
    for (let attempt = 0; ; attempt += 1) {
      const unique = slugAttempt(slug, attempt, randomBytes(4).toString('hex'));
      const content = draftOf(input, unique, author);
      try {
        return await this.insert(content);
      } catch (error) {
        if (!(error instanceof AlreadyExists)) throw error;
        if (input.slug !== undefined || attempt === attempts) throw slugTaken(unique, error);
      }
    }
  }

  async patch(
    caller: Reader,
    idOrSlug: string,
    patch: CoursePatch,
    precondition: Precondition,
  ): Promise<CourseRecord> {
    const course = await this.managed(caller, idOrSlug);
    precondition(course);
    return this.write(course, patched(course, patch));
  }

  async publish(
    caller: Reader,
    idOrSlug: string,
    precondition: Precondition,
  ): Promise<CourseRecord> {
    const course = await this.managed(caller, idOrSlug);
    precondition(course);
    if (course.status === 'published') return course;
    return this.write(course, withStatus(patched(course, {}), 'published', this.clock.now()));
  }

  async archive(
    caller: Reader,
    idOrSlug: string,
    precondition: Precondition,
  ): Promise<CourseRecord> {
    const course = await this.managed(caller, idOrSlug);
    precondition(course);
    requireArchivable(course.status);
    if (course.status === 'archived') return course;
    return this.write(course, withStatus(patched(course, {}), 'archived', this.clock.now()));
  }

  async delete(caller: Reader, idOrSlug: string, precondition: Precondition): Promise<void> {
    const course = await this.managed(caller, idOrSlug);
    precondition(course);
    requireDraft(course.status);
    await this.data.courses.delete(course.id, course.version);
    this.changes.changed();
  }

  async insert(content: CourseContent): Promise<CourseRecord> {
    const { courses } = this.data;
    const course = await courses.create(newId(), content, documentOf(content), this.clock.now());
    this.changes.changed();
    return course;
  }

  /** @throws VersionConflict where the course changed since `before` was read */
  async write(before: CourseRecord, content: CourseContent): Promise<CourseRecord> {
    const { courses } = this.data;
    const now = this.clock.now();
    try {
      const course = await courses.update(
        before.id,
        before.version,
        content,
        documentOf(content),
        now,
      );
      this.changes.changed();
      return course;
    } catch (error) {
      throw error instanceof AlreadyExists ? slugTaken(content.slug, error) : error;
    }
  }

  /** Refuses by role before anything is said about the course. */
  private async managed(caller: Reader, idOrSlug: string): Promise<CourseRecord> {
    this.requireWriter(caller);
    const course = await this.reader.visible(caller, idOrSlug);
    if (mayManage(caller, course)) return course;
    throw new AppError('forbidden', 'only its instructor and administrators change a course');
  }

  private requireWriter(caller: Reader): void {
    if (!mayWrite(caller))
      throw new AppError('forbidden', 'courses are written by instructors and administrators');
  }
}

const slugTaken = (slug: string, cause: unknown): AppError =>
  new AppError('conflict', `the slug ${slug} is taken`, {
    errors: [{ path: '/slug', message: 'taken' }],
    cause,
  });
