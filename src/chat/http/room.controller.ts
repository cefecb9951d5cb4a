import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import {
  createRoom,
  deleteRoom,
  getRoom,
  type InputOf,
  listRooms,
  markRead,
  renameRoom,
  roomPresence,
} from '#libs/protocol';
import { toRfc3339 } from '#libs/kernel';
import { SessionStore } from '#libs/state';
import { type Caller, SignedIn } from '../../platform/http/caller.js';
import { Endpoint } from '../../platform/http/endpoint.js';
import { Input } from '../../platform/http/input.js';
import { AccessService } from '../application/access.service.js';
import { RoomService } from '../application/room.service.js';
import { paged } from './paged.js';

@Controller()
export class RoomController {
  constructor(
    private readonly rooms: RoomService,
    private readonly access: AccessService,
    private readonly sessions: SessionStore,
  ) {}

  @Endpoint(listRooms)
  list(
    @Input() { query }: InputOf<typeof listRooms>,
    @SignedIn() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return paged(reply, query, (limit, after) => this.rooms.list(caller, limit, after));
  }

  @Endpoint(createRoom)
  async create(
    @Input() { body }: InputOf<typeof createRoom>,
    @SignedIn() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { room, created } = await this.rooms.create(caller, body);
    if (created) reply.header('Location', `/api/v1/rooms/${room.id}`);
    else reply.status(200);
    return room;
  }

  @Endpoint(getRoom)
  get(@Input() { params }: InputOf<typeof getRoom>, @SignedIn() caller: Caller) {
    return this.rooms.get(caller, params.id);
  }

  @Endpoint(renameRoom)
  rename(@Input() { params, body }: InputOf<typeof renameRoom>, @SignedIn() caller: Caller) {
    return this.rooms.rename(caller, params.id, body.name);
  }

  @Endpoint(deleteRoom)
  async delete(
    @Input() { params }: InputOf<typeof deleteRoom>,
    @SignedIn() caller: Caller,
  ): Promise<void> {
    await this.rooms.delete(caller, params.id);
  }

  @Endpoint(markRead)
  markRead(@Input() { params, body }: InputOf<typeof markRead>, @SignedIn() caller: Caller) {
    return this.rooms.markRead(caller, params.id, body.seq);
  }

  @Endpoint(roomPresence)
  async presence(@Input() { params }: InputOf<typeof roomPresence>, @SignedIn() caller: Caller) {
    await this.access.enter(caller, params.id);
    const present = await this.sessions.presenceIn(params.id);
    return {
      items: present.map(({ user, name, connections, since }) => ({
        user: { id: user, name },
        connections,
        since: toRfc3339(since),
      })),
    };
  }
}
