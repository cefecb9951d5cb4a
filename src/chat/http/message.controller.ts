import { Controller, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { AppError } from '#libs/kernel';
import {
  addReaction,
  deleteMessage,
  editMessage,
  type InputOf,
  listMessages,
  removeReaction,
  searchMessages,
  sendMessage,
} from '#libs/protocol';
import { type Caller, SignedIn } from '../../platform/http/caller.js';
import { Endpoint } from '../../platform/http/endpoint.js';
import { Input } from '../../platform/http/input.js';
import { MessageSearch } from '../application/message-search.js';
import { MessageService } from '../application/message.service.js';
import { paged } from './paged.js';

@Controller()
export class MessageController {
  constructor(
    private readonly messages: MessageService,
    private readonly finder: MessageSearch,
  ) {}

  @Endpoint(listMessages)
  list(@Input() { params, query }: InputOf<typeof listMessages>, @SignedIn() caller: Caller) {
    const { before, after, limit } = query;
    if (before !== undefined && after !== undefined) {
      throw new AppError('invalid', 'give before or after, not both', {
        errors: [{ path: '?/before', message: 'not with after' }],
      });
    }
    // Without either: the newest page, which is what a room opens with.
    const range = after !== undefined ? { after } : { before: before ?? Number.MAX_SAFE_INTEGER };
    return this.messages.page(caller, params.id, { ...range, limit });
  }

  @Endpoint(sendMessage)
  async send(
    @Input() { params, body }: InputOf<typeof sendMessage>,
    @SignedIn() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const sent = await this.messages.send(caller, params.id, body);
    if (sent.duplicate) reply.status(200);
    return sent;
  }

  @Endpoint(editMessage)
  edit(@Input() { params, body }: InputOf<typeof editMessage>, @SignedIn() caller: Caller) {
    return this.messages.edit(caller, params.id, params.mid, body.text);
  }

  @Endpoint(deleteMessage)
  async delete(
    @Input() { params }: InputOf<typeof deleteMessage>,
    @SignedIn() caller: Caller,
  ): Promise<void> {
    await this.messages.delete(caller, params.id, params.mid);
  }

  @Endpoint(addReaction)
  react(@Input() { params }: InputOf<typeof addReaction>, @SignedIn() caller: Caller) {
    return this.messages.react(caller, params.id, params.mid, params.emoji, true);
  }

  @Endpoint(removeReaction)
  async unreact(
    @Input() { params }: InputOf<typeof removeReaction>,
    @SignedIn() caller: Caller,
  ): Promise<void> {
    await this.messages.react(caller, params.id, params.mid, params.emoji, false);
  }

  @Endpoint(searchMessages)
  search(
    @Input() { query }: InputOf<typeof searchMessages>,
    @SignedIn() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return paged(reply, query, (limit, after) =>
      this.finder.search(caller, query.q, query.room, limit, after),
    );
  }
}
