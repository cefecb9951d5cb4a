import { Injectable } from '@nestjs/common';
import { AppError } from '#libs/kernel';
import { highlight, tokenize } from '#libs/search';
import { HistoryStore } from '#libs/state';
import type { Caller } from '../../platform/http/caller.js';
import { AccessService } from './access.service.js';
import { MessageService } from './message.service.js';
import { RoomService } from './room.service.js';

/** Rooms searched at once. */
const maxRooms = 1000;

/** Full-text search over messages, of rooms the caller can enter and no others. */
@Injectable()
export class MessageSearch {
  constructor(
    private readonly history: HistoryStore,
    private readonly access: AccessService,
    private readonly rooms: RoomService,
    private readonly messages: MessageService,
  ) {}

  async search(
    caller: Caller,
    q: string,
    room: string | undefined,
    limit: number,
    after: string | undefined,
  ) {
    const terms = [...new Set(tokenize(q))];
    if (terms.length === 0) {
      throw new AppError('invalid', 'q has no word to search for', {
        errors: [{ path: '?/q', message: 'at least one letter or digit' }],
      });
    }
    const names = await this.searchable(caller, room);
    const page = { limit: limit + 1, ...(after !== undefined && { after }) };
    const hits = await this.history.search([...names.keys()], terms, page);
    const shown = hits.slice(0, limit);
    const items = await Promise.all(
      shown.map(async (hit) => {
        const message = await this.messages.view(hit.event);
        return {
          message,
          room: { id: hit.room, name: names.get(hit.room) ?? '' },
          highlights: { text: highlight(message.text, terms) },
        };
      }),
    );
    return { items, next: hits.length > limit ? (shown.at(-1)?.event.id ?? null) : null };
  }

  private async searchable(caller: Caller, room: string | undefined): Promise<Map<string, string>> {
    if (room !== undefined) {
      const { room: record } = await this.access.enter(caller, room);
      return new Map([[record.id, record.name]]);
    }
    const { items } = await this.rooms.list(caller, maxRooms - 1, undefined);
    return new Map(items.map(({ id, name }) => [id, name]));
  }
}
