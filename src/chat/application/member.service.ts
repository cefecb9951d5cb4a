import { Injectable } from '@nestjs/common';
import { AppError, Clock, toRfc3339 } from '#libs/kernel';
import { HistoryStore, type MemberRecord, type MemberRole } from '#libs/state';
import type { Caller } from '../../platform/http/caller.js';
import { mayChangeMembers } from '../domain/rooms.js';
import { AccessService } from './access.service.js';
import { NoticeService } from './notice.service.js';
import { People } from './people.js';
import { RoomFeeds } from './room-feeds.js';
import { RoomService } from './room.service.js';

export interface MemberView {
  user: { id: string; name: string };
  role: MemberRole;
  since: string;
}

/** Who is in a group, and with what role. */
@Injectable()
export class MemberService {
  constructor(
    private readonly history: HistoryStore,
    private readonly access: AccessService,
    private readonly rooms: RoomService,
    private readonly feeds: RoomFeeds,
    private readonly notices: NoticeService,
    private readonly people: People,
    private readonly clock: Clock,
  ) {}

  async list(
    caller: Caller,
    room: string,
    limit: number,
    after: string | undefined,
  ): Promise<{ items: MemberView[]; next: string | null }> {
    await this.access.enter(caller, room);
    const members = await this.history.members(room, {
      limit: limit + 1,
      ...(after !== undefined && { after }),
    });
    const shown = members.slice(0, limit);
    return {
      items: await this.views(shown),
      next: members.length > limit ? (shown.at(-1)?.user ?? null) : null,
    };
  }

  async get(caller: Caller, room: string, user: string): Promise<MemberView> {
    await this.access.enter(caller, room);
    const member = await this.history.member(room, user);
    const [view] = member ? await this.views([member]) : [];
    if (!view) throw new AppError('not_found', `${user} is not a member of ${room}`);
    return view;
  }

  async put(
    caller: Caller,
    room: string,
    user: string,
    role: MemberRole,
  ): Promise<{ member: MemberView; created: boolean }> {
    const { access } = await this.access.enter(caller, room);
    if (!mayChangeMembers(access))
      throw new AppError('forbidden', 'only owners and moderators of a group change its members');
    const before = await this.history.member(room, user);
    if ((role === 'owner' || before?.role === 'owner') && access.role !== 'owner') {
      throw new AppError('forbidden', 'only an owner makes or unmakes an owner');
    }
    if (before?.role === 'owner' && role !== 'owner') await this.keepAnOwner(room, user);
    await this.people.require([user], '?path/user');
    const { created, previous } = await this.history.putMember(room, {
      user,
      role,
      since: this.clock.now(),
    });
    const member = await this.get(caller, room, user);
    if (previous !== role) await this.rooms.memberChanged(room, caller, member.user, role);
    if (created) this.notices.invited(room, user);
    return { member, created };
  }

  async remove(caller: Caller, room: string, user: string): Promise<void> {
    const { access } = await this.access.enter(caller, room);
    const leaving = user === caller.id && access.kind === 'group';
    if (!leaving && !mayChangeMembers(access))
      throw new AppError('forbidden', 'only owners and moderators of a group remove members');
    const member = await this.history.member(room, user);
    if (!member) return;
    if (member.role === 'owner') {
      if (access.role !== 'owner')
        throw new AppError('forbidden', 'only an owner removes an owner');
      await this.keepAnOwner(room, user);
    }
    const name = (await this.people.names([user])).get(user) ?? { id: user, name: user };
    if (!(await this.history.removeMember(room, user))) return;
    await this.rooms.memberChanged(room, caller, name, null);
    this.feeds.end(room, user);
  }

  /** A group others are in keeps somebody who can add and remove. */
  private async keepAnOwner(room: string, leaving: string): Promise<void> {
    const members = await this.history.members(room, { limit: 1000 });
    const others = members.filter(({ user }) => user !== leaving);
    if (others.length > 0 && !others.some(({ role }) => role === 'owner')) {
      throw new AppError('conflict', 'make somebody else an owner first');
    }
  }

  private async views(members: readonly MemberRecord[]): Promise<MemberView[]> {
    const names = await this.people.names(members.map(({ user }) => user));
    return members.map(({ user, role, since }) => ({
      user: names.get(user) ?? { id: user, name: user },
      role,
      since: toRfc3339(since),
    }));
  }
}
