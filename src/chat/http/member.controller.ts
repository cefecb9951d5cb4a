import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { getMember, type InputOf, listMembers, putMember, removeMember } from '#libs/protocol';
import { type Caller, SignedIn } from '../../platform/http/caller.js';
import { Endpoint } from '../../platform/http/endpoint.js';
import { Input } from '../../platform/http/input.js';
import { MemberService } from '../application/member.service.js';
import { paged } from './paged.js';

@Controller()
export class MemberController {
  constructor(private readonly members: MemberService) {}

  @Endpoint(listMembers)
  list(
    @Input() { params, query }: InputOf<typeof listMembers>,
    @SignedIn() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return paged(reply, query, (limit, after) =>
      this.members.list(caller, params.id, limit, after),
    );
  }

  @Endpoint(getMember)
  get(@Input() { params }: InputOf<typeof getMember>, @SignedIn() caller: Caller) {
    return this.members.get(caller, params.id, params.user);
  }

  @Endpoint(putMember)
  async put(
    @Input() { params, body }: InputOf<typeof putMember>,
    @SignedIn() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { member, created } = await this.members.put(caller, params.id, params.user, body.role);
    reply.status(created ? 201 : 200);
    return member;
  }

  @Endpoint(removeMember)
  async remove(
    @Input() { params }: InputOf<typeof removeMember>,
    @SignedIn() caller: Caller,
  ): Promise<void> {
    await this.members.remove(caller, params.id, params.user);
  }
}
