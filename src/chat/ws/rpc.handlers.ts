import { Injectable } from '@nestjs/common';
import { AppError, Clock, toRfc3339 } from '#libs/kernel';
import { type Params, type RpcData, type RpcMethod, rpcSchemas } from '#libs/protocol';
import type { Connection } from '../../platform/ws/index.js';
import { AccessService } from '../application/access.service.js';
import { MessageService } from '../application/message.service.js';
import { RoomFeeds } from '../application/room-feeds.js';
import { RoomService } from '../application/room.service.js';
import { SendLimit } from './send-limit.js';
import { validated } from './validated.js';

/** How long others show "is typing" after one notice, ms. */
const typingMs = 5000;

type Handlers = { [M in RpcMethod]: (connection: Connection, data: RpcData<M>) => Promise<object> };

/** Methods of the `rpc` verb: the same objects as over REST. */
@Injectable()
export class RpcHandlers {
  private readonly handlers: Handlers;

  constructor(
    private readonly messages: MessageService,
    private readonly rooms: RoomService,
    private readonly access: AccessService,
    private readonly feeds: RoomFeeds,
    private readonly limit: SendLimit,
    private readonly clock: Clock,
  ) {
    this.handlers = {
      'message.send': (connection, { room, ...message }) =>
        this.messages.sendInOrder(connection, connection.caller, room, message),
      'message.edit': ({ caller }, { room, id, text }) =>
        this.messages.edit(caller, room, id, text),
      'message.delete': ({ caller }, { room, id }) => this.messages.delete(caller, room, id),
      'message.react': ({ caller }, { room, id, emoji, on }) =>
        this.messages.react(caller, room, id, emoji, on),
      'room.read': ({ caller }, { room, seq }) => this.rooms.markRead(caller, room, seq),
      'room.typing': (connection, { room }) => this.typing(connection, room),
    };
  }

  async call(connection: Connection, { method, data }: Params<'rpc'>): Promise<object> {
    if (!Object.hasOwn(rpcSchemas, method)) {
      throw new AppError(
        'method_not_found',
        `unknown method; known are ${Object.keys(rpcSchemas).join(', ')}`,
      );
    }
    this.limit.take(connection, this.clock.now());
    return { data: await this.run(method as RpcMethod, connection, data) };
  }

  private run<M extends RpcMethod>(
    method: M,
    connection: Connection,
    data: unknown,
  ): Promise<object> {
    return this.handlers[method](connection, validated(rpcSchemas[method], data) as RpcData<M>);
  }

  private async typing(
    { caller: { id, name, ...caller } }: Connection,
    room: string,
  ): Promise<object> {
    await this.access.of({ id, name, ...caller }, room);
    this.feeds.ephemeral(room, {
      type: 'typing',
      user: { id, name },
      until: toRfc3339(this.clock.now() + typingMs),
    });
    return {};
  }
}
