import { Injectable } from '@nestjs/common';
import { AppError, Clock, newId, toRfc3339 } from '#libs/kernel';
import type { NewRoom, RoomView } from '#libs/protocol';
import { HistoryStore, type Membership, type RoomRecord } from '#libs/state';
import { CourseReader } from '../../course/index.js';
import { type Caller, hasRole } from '../../platform/http/caller.js';
import { memberEvent, renamedEvent } from '../domain/events.js';
import { courseRoomId, directRoomId, LOBBY, mayDelete, mayRename } from '../domain/rooms.js';
import { AccessService } from './access.service.js';
import { Appender } from './appender.js';
import { NoticeService } from './notice.service.js';
import { People } from './people.js';
import { RoomFeeds } from './room-feeds.js';

/** Rooms as the caller sees them, and their making and unmaking. */
@Injectable()
export class RoomService {
  constructor(
    private readonly history: HistoryStore,
    private readonly access: AccessService,
    private readonly courses: CourseReader,
    private readonly appender: Appender,
    private readonly feeds: RoomFeeds,
    private readonly notices: NoticeService,
    private readonly people: People,
    private readonly clock: Clock,
  ) {}

  /** Open rooms, the caller's own, and those of the courses they take; ascending by id, from after `after`. */
  async list(
    caller: Caller,
    limit: number,
    after: string | undefined,
  ): Promise<{ items: RoomView[]; next: string | null }> {
    const page = { limit: limit + 1, ...(after !== undefined && { after }) };
    const [open, own, taken] = await Promise.all([
      this.history.roomsOfKind('open', page),
      this.history.roomsOf(caller.id, page),
      this.courses.enrolledCourseIds(caller.id),
    ]);
    const found = new Map<string, Membership | null>();
    for (const room of open) found.set(room.id, { room, role: 'member' });
    for (const membership of own) found.set(membership.room.id, membership);
    for (const id of [LOBBY, ...taken.map(courseRoomId)]) if (!found.has(id)) found.set(id, null);
    const ids = [...found.keys()].filter((id) => after === undefined || id > after).sort();
    const shown = ids.slice(0, limit);
    const records = await Promise.all(
      shown.map(
        async (id) =>
          found.get(id)?.room ?? (await this.history.room(id)) ?? (await this.access.make(id)),
      ),
    );
    const items = await this.views(caller, records, (room) => {
      if (room.kind === 'open') return undefined;
      return found.get(room.id)?.role ?? 'member';
    });
    return { items, next: ids.length > limit ? (shown.at(-1) ?? null) : null };
  }

  async get(caller: Caller, id: string): Promise<RoomView> {
    const { room, access } = await this.access.enter(caller, id);
    return this.view(caller, room, access.role ?? undefined);
  }

  async create(caller: Caller, input: NewRoom): Promise<{ room: RoomView; created: boolean }> {
    if (input.kind === 'open' && !hasRole(caller, 'moderator', 'admin')) {
      throw new AppError('forbidden', 'open rooms are made by moderators and admins');
    }
    const others =
      input.kind === 'open' ? [] : [...new Set(input.members)].filter((user) => user !== caller.id);
    if (input.kind === 'direct' && others.length === 0) {
      throw new AppError('invalid', 'a direct room needs somebody else', {
        errors: [{ path: '/members', message: 'one other user' }],
      });
    }
    await this.people.require(others, '/members');
    const [other] = others;
    const now = this.clock.now();
    const record: RoomRecord = {
      id: input.kind === 'direct' && other !== undefined ? directRoomId(caller.id, other) : newId(),
      kind: input.kind,
      name: input.name ?? '',
      createdAt: now,
      createdBy: caller.id,
    };
    const role = input.kind === 'direct' ? ('member' as const) : ('owner' as const);
    const members =
      input.kind === 'open'
        ? []
        : [
            { user: caller.id, role, since: now },
            ...others.map((user) => ({ user, role: 'member' as const, since: now })),
          ];
    const { room, created } = await this.history.createRoom(record, members);
    if (created) for (const user of others) this.notices.invited(room.id, user);
    return {
      room: await this.view(caller, room, input.kind === 'open' ? undefined : role),
      created,
    };
  }

  async rename(caller: Caller, id: string, name: string): Promise<RoomView> {
    const { access } = await this.access.enter(caller, id);
    if (!mayRename(access))
      throw new AppError('forbidden', 'only owners and moderators rename a room');
    const room = await this.history.renameRoom(id, name);
    await this.appender.append(id, renamedEvent(id, caller, this.clock.now(), name));
    return this.view(caller, room, access.role ?? undefined);
  }

  async delete(caller: Caller, id: string): Promise<void> {
    const access = await this.access.of(caller, id);
    if (id === LOBBY || !mayDelete(access))
      throw new AppError('forbidden', 'this room cannot be deleted by you');
    await this.history.deleteRoom(id);
    this.feeds.end(id);
  }

  async markRead(
    caller: Caller,
    id: string,
    seq: number,
  ): Promise<{ lastReadSeq: number; unread: number }> {
    await this.access.enter(caller, id);
    const state = await this.history.markRead(id, caller.id, seq);
    const head = (await this.history.positions([id])).get(id)?.head ?? 0;
    this.notices.read(id, caller.id, state.unread, head);
    return state;
  }

  memberChanged(
    room: string,
    by: Caller,
    user: { id: string; name: string },
    role: string | null,
  ): Promise<unknown> {
    return this.appender.append(room, memberEvent(room, by, this.clock.now(), user, role));
  }

  private async view(
    caller: Caller,
    room: RoomRecord,
    role: Membership['role'] | undefined,
  ): Promise<RoomView> {
    const [view] = await this.views(caller, [room], () => role);
    if (!view) throw new AppError('not_found', `there is no room ${room.id}`);
    return view;
  }

  private async views(
    caller: Caller,
    rooms: readonly RoomRecord[],
    roleIn: (room: RoomRecord) => Membership['role'] | undefined,
  ): Promise<RoomView[]> {
    const ids = rooms.map(({ id }) => id);
    const [positions, states] = await Promise.all([
      this.history.positions(ids),
      this.history.readStates(caller.id, ids),
    ]);
    return rooms.flatMap((room) => {
      const position = positions.get(room.id);
      const state = states.get(room.id);
      if (!position || !state) return []; // deleted meanwhile
      const { createdBy: _createdBy, ...shown } = room;
      const role = roleIn(room);
      return [
        {
          ...shown,
          ...(role && { role }),
          ...position,
          ...state,
          createdAt: toRfc3339(room.createdAt),
        },
      ];
    });
  }
}
