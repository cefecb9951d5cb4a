import { Controller, Headers, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { AppError } from '#libs/kernel';
import {
  archiveCourse,
  type CourseView,
  createCourse,
  deleteCourse,
  getCourse,
  type InputOf,
  listCourses,
  patchCourse,
  publishCourse,
  suggestCourses,
} from '#libs/protocol';
import type { CourseRecord } from '#libs/state';
import { Cached, forEverybody } from '../../platform/http/cached.js';
import { type Caller, MaybeCaller, SignedIn } from '../../platform/http/caller.js';
import { Endpoint } from '../../platform/http/endpoint.js';
import { Input } from '../../platform/http/input.js';
import { linkNext } from '../../platform/http/link.js';
import { etagOf } from '../../platform/http/entity-tag.js';
import { CATALOGUE } from '../application/catalogue-changes.js';
import { CatalogueService } from '../application/catalogue.service.js';
import { CourseReader } from '../application/course-reader.js';
import { CourseService, type Precondition } from '../application/course.service.js';
import { filterOf, mayList } from '../domain/query.js';
import { sight } from '../domain/visibility.js';
import { courseView } from '../domain/wire.js';

@Controller()
export class CourseController {
  constructor(
    private readonly catalogue: CatalogueService,
    private readonly reader: CourseReader,
    private readonly courses: CourseService,
  ) {}

  @Endpoint(listCourses)
  @Cached(CATALOGUE)
  async list(
    @Input() { query }: InputOf<typeof listCourses>,
    @MaybeCaller() caller: Caller | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await this.catalogue.list(caller, query);
    if (mayList(undefined, filterOf(query))) forEverybody(reply);
    linkNext(reply, page.next);
    return page;
  }

  @Endpoint(suggestCourses)
  @Cached(CATALOGUE)
  async suggest(
    @Input() { query }: InputOf<typeof suggestCourses>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    forEverybody(reply);
    return { items: await this.catalogue.suggest(query.q, query.limit) };
  }

  @Endpoint(createCourse)
  async create(
    @Input() { body }: InputOf<typeof createCourse>,
    @SignedIn() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const course = await this.courses.create(caller, body);
    reply.header('Location', `/api/v1/courses/${course.id}`);
    return this.answer(course, reply);
  }

  @Endpoint(getCourse)
  @Cached(CATALOGUE)
  async get(
    @Input() { params }: InputOf<typeof getCourse>,
    @MaybeCaller() caller: Caller | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const course = await this.reader.visible(caller, params.id);
    if (sight(undefined, course) === 'visible') forEverybody(reply);
    return this.answer(course, reply);
  }

  @Endpoint(patchCourse)
  async patch(
    @Input() { params, body }: InputOf<typeof patchCourse>,
    @SignedIn() caller: Caller,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    if (ifMatch === undefined)
      throw new AppError(
        'precondition_required',
        'send If-Match with the ETag of the course you change',
      );
    return this.answer(await this.courses.patch(caller, params.id, body, heldBy(ifMatch)), reply);
  }

  @Endpoint(deleteCourse)
  async delete(
    @Input() { params }: InputOf<typeof deleteCourse>,
    @SignedIn() caller: Caller,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    await this.courses.delete(caller, params.id, heldBy(ifMatch));
  }

  @Endpoint(publishCourse)
  async publish(
    @Input() { params }: InputOf<typeof publishCourse>,
    @SignedIn() caller: Caller,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.answer(await this.courses.publish(caller, params.id, heldBy(ifMatch)), reply);
  }

  @Endpoint(archiveCourse)
  async archive(
    @Input() { params }: InputOf<typeof archiveCourse>,
    @SignedIn() caller: Caller,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.answer(await this.courses.archive(caller, params.id, heldBy(ifMatch)), reply);
  }

  private answer(course: CourseRecord, reply: FastifyReply): CourseView {
    const view = courseView(course);
    reply.header('ETag', courseEtag(course.version, view));
    return view;
  }
}

/** Of the content, equal on every replica; led by the version, which is all that an edit has to agree with. */
const courseEtag = (version: number, view: CourseView): string =>
  `"${version}.${etagOf(JSON.stringify(view)).slice(1)}`;

/** What learners do changes the content but is nothing an editor overwrites: only the version counts. */
function heldBy(ifMatch: string | undefined): Precondition {
  if (ifMatch === undefined) return () => undefined;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  return ({ version }) => {
    if (tags.includes('*') || tags.some((tag) => tag.startsWith(`"${version}.`))) return;
    throw new AppError(
      'version_conflict',
      `the course changed meanwhile; it is at version ${version}: read it again`,
    );
  };
}
