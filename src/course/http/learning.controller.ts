import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import {
  enrol,
  type InputOf,
  leaveCourse,
  listMyEnrolments,
  rateCourse,
  setProgress,
} from '#libs/protocol';
import { type Caller, SignedIn } from '../../platform/http/caller.js';
import { Endpoint } from '../../platform/http/endpoint.js';
import { Input } from '../../platform/http/input.js';
import { linkNext } from '../../platform/http/link.js';
import { LearningService } from '../application/learning.service.js';
import { ListCursor } from '../application/list-cursor.js';

const position = z.strictObject({ enrolledAt: z.number(), courseId: z.string() });

@Controller()
export class LearningController {
  constructor(private readonly learning: LearningService) {}

  @Endpoint(enrol)
  async enrol(
    @Input() { params }: InputOf<typeof enrol>,
    @SignedIn() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { enrolment, created } = await this.learning.enrol(caller, params.id);
    reply.status(created ? 201 : 200);
    return enrolment;
  }

  @Endpoint(leaveCourse)
  async leave(
    @Input() { params }: InputOf<typeof leaveCourse>,
    @SignedIn() caller: Caller,
  ): Promise<void> {
    await this.learning.leave(caller, params.id);
  }

  @Endpoint(setProgress)
  progress(@Input() { params, body }: InputOf<typeof setProgress>, @SignedIn() caller: Caller) {
    return this.learning.setProgress(caller, params.id, body);
  }

  @Endpoint(rateCourse)
  rate(@Input() { params, body }: InputOf<typeof rateCourse>, @SignedIn() caller: Caller) {
    return this.learning.rate(caller, params.id, body);
  }

  @Endpoint(listMyEnrolments)
  async mine(
    @Input() { query }: InputOf<typeof listMyEnrolments>,
    @SignedIn() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const cursors = new ListCursor(['enrolments', caller.id], position);
    const after = query.cursor === undefined ? undefined : cursors.decode(query.cursor);
    const { items, next } = await this.learning.mine(caller, query.limit, after);
    const cursor = next && cursors.encode(next);
    linkNext(reply, cursor);
    return { items, next: cursor };
  }
}
