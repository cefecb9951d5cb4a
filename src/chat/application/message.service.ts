import { Injectable } from '@nestjs/common';
import { AppError, Clock } from '#libs/kernel';
import type { MessageEvent, NewMessage, RoomEvent, Sent } from '#libs/protocol';
import { HistoryStore, type NewEvent, type StoredEvent } from '#libs/state';
import type { Caller } from '../../platform/http/caller.js';
import type { Connection } from '../../platform/ws/index.js';
import {
  deletedEvent,
  editedEvent,
  messageEvent,
  parseEvent,
  reactionEvent,
} from '../domain/events.js';
import { applyAll, applyChanges } from '../domain/message-view.js';
import { mayDeleteMessagesOfOthers } from '../domain/rooms.js';
import { AccessService } from './access.service.js';
import { Appender } from './appender.js';
import { NoticeService } from './notice.service.js';

export interface LogPage {
  epoch: string;
  first: number;
  head: number;
  items: RoomEvent[];
}

/** Messages and what happens to them. An answer means: as durable as the history store promises. */
@Injectable()
export class MessageService {
  constructor(
    private readonly history: HistoryStore,
    private readonly access: AccessService,
    private readonly appender: Appender,
    private readonly notices: NoticeService,
    private readonly clock: Clock,
  ) {}

  /** As `send`, after what this connection sent before: a sender's messages keep their order. */
  sendInOrder(
    connection: Connection,
    caller: Caller,
    room: string,
    message: NewMessage,
  ): Promise<Sent> {
    return this.access.known(caller, room) && message.replyTo === undefined
      ? this.append(caller, room, message)
      : connection.inOrder(room, () => this.send(caller, room, message));
  }

  async send(caller: Caller, room: string, message: NewMessage): Promise<Sent> {
    if (!this.access.known(caller, room)) await this.access.enter(caller, room);
    if (message.replyTo !== undefined) await this.message(room, message.replyTo);
    return this.append(caller, room, message);
  }

  async edit(caller: Caller, room: string, id: string, text: string): Promise<Sent> {
    await this.access.of(caller, room);
    const stored = await this.message(room, id);
    if (stored.sender !== caller.id)
      throw new AppError('forbidden', 'only its sender can edit a message');
    if ((await this.view(stored)).deleted) throw new AppError('conflict', 'the message is deleted');
    return this.appender.append(room, editedEvent(room, caller, this.clock.now(), id, text));
  }

  async delete(caller: Caller, room: string, id: string): Promise<Sent> {
    const access = await this.access.of(caller, room);
    const stored = await this.message(room, id);
    if (stored.sender !== caller.id && !mayDeleteMessagesOfOthers(access)) {
      throw new AppError(
        'forbidden',
        'only its sender or a moderator of the room can delete a message',
      );
    }
    const before = (await this.history.changes(room, [id])).find(
      ({ type }) => type === 'message.deleted',
    );
    return before
      ? this.already(room, before)
      : this.appender.append(room, deletedEvent(room, caller, this.clock.now(), id));
  }

  async react(caller: Caller, room: string, id: string, emoji: string, on: boolean): Promise<Sent> {
    await this.access.of(caller, room);
    const stored = await this.message(room, id);
    const view = await this.view(stored);
    if (view.deleted) throw new AppError('conflict', 'the message is deleted');
    const has = view.reactions?.[emoji]?.includes(caller.id) ?? false;
    if (has === on) return this.already(room, stored);
    return this.appender.append(room, reactionEvent(room, caller, this.clock.now(), id, emoji, on));
  }

  async page(
    caller: Caller,
    room: string,
    range: { before?: number; after?: number; limit: number },
  ): Promise<LogPage> {
    await this.access.enter(caller, room);
    const { epoch, first, head, events } = await this.history.read(room, range);
    const targets = new Set<string>();
    for (const event of events) {
      if (event.type === 'message') targets.add(event.id);
      else if (event.type === 'message.edited' && event.target !== undefined)
        targets.add(event.target);
    }
    const changes = targets.size > 0 ? await this.history.changes(room, [...targets]) : [];
    return { epoch, first, head, items: applyAll(events.map(parseEvent), changes.map(parseEvent)) };
  }

  /** The message as it now is. */
  async view(stored: StoredEvent): Promise<MessageEvent> {
    const message = parseEvent(stored) as MessageEvent;
    const changes = await this.history.changes(message.room, [message.id]);
    return applyChanges(message, changes.map(parseEvent));
  }

  private async append(caller: Caller, room: string, message: NewMessage): Promise<Sent> {
    const event = messageEvent(room, caller, this.clock.now(), message);
    const sent = await this.appender.append(room, event);
    if (!sent.duplicate) this.notices.messageSent(room, caller, event, sent.seq);
    return sent;
  }

  private async message(room: string, id: string): Promise<StoredEvent> {
    const stored = await this.history.event(room, id);
    if (stored?.type !== 'message')
      throw new AppError('not_found', `there is no message ${id} in room ${room}`);
    return stored;
  }

  private async already(
    room: string,
    event: Pick<NewEvent, 'id'> & { seq: number },
  ): Promise<Sent> {
    const position = (await this.history.positions([room])).get(room);
    return { id: event.id, seq: event.seq, epoch: position?.epoch ?? '', duplicate: true };
  }
}
