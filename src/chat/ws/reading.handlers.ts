import { Injectable } from '@nestjs/common';
import { AppError } from '#libs/kernel';
import type { Params } from '#libs/protocol';
import { HistoryStore, type ReadRange } from '#libs/state';
import type { Connection } from '../../platform/ws/index.js';
import { AccessService } from '../application/access.service.js';
import { RoomSessions } from '../application/room-sessions.js';
import { roomOf } from '../domain/channels.js';
import { wireJson } from '../domain/events.js';

const maxHistory = 1000;

/** `history`, `presence` and `presence_stats` as the protocol has them. */
@Injectable()
export class ReadingHandlers {
  constructor(
    private readonly store: HistoryStore,
    private readonly sessions: RoomSessions,
    private readonly access: AccessService,
  ) {}

  /** `limit` 0 gives only the position, -1 as much as one answer holds, which may be less than was asked for. */
  async history(
    connection: Connection,
    id: number,
    { channel, limit, since, reverse }: Params<'history'>,
  ): Promise<void> {
    const room = roomOf(channel);
    await this.access.enter(connection.caller, room);
    const count = limit === -1 ? maxHistory : limit;
    const { epoch, first, head, events } = await this.store.read(
      room,
      range(Math.max(count, 1), since?.offset, reverse),
    );
    if (since && since.epoch !== '' && since.epoch !== epoch) {
      throw new AppError(
        'unrecoverable_position',
        'the room continues in another epoch; reload it',
      );
    }
    if (since && !reverse && since.offset + 1 < first) {
      throw new AppError('unrecoverable_position', `history starts at ${first}; reload the room`);
    }
    const shown = count === 0 ? [] : reverse ? events.reverse() : events;
    const publications = fitting(
      shown.map(({ seq, body }) => `{"data":${wireJson(seq, body)},"offset":${seq}}`),
      connection.spareBytes / 2,
    ).join(',');
    connection.replyText(
      id,
      'history',
      `{"epoch":${JSON.stringify(epoch)},"offset":${head},"publications":[${publications}]}`,
    );
  }

  async presence(
    connection: Connection,
    id: number,
    { channel }: Params<'presence'>,
  ): Promise<void> {
    const room = roomOf(channel);
    await this.access.enter(connection.caller, room);
    const sessions = await this.sessions.in(room);
    const entries = sessions.map(
      ({ id: client, user, name }) => [client, { client, user, conn_info: { name } }] as const,
    );
    const json = JSON.stringify({ presence: Object.fromEntries(entries) });
    // Sent all the same it would make the client count as slow: it would come back and ask again.
    if (Buffer.byteLength(json) > connection.spareBytes / 2) {
      const message = `${sessions.length} connections are too many to list; ask presence_stats`;
      throw new AppError('not_available', message);
    }
    connection.replyText(id, 'presence', json);
  }

  async presenceStats(
    connection: Connection,
    { channel }: Params<'presence_stats'>,
  ): Promise<object> {
    const room = roomOf(channel);
    await this.access.enter(connection.caller, room);
    const sessions = await this.sessions.in(room);
    return {
      num_clients: sessions.length,
      num_users: new Set(sessions.map(({ user }) => user)).size,
    };
  }
}

/** As many as `bytes` hold, from the first; a client goes on from the last it got. */
function fitting(publications: readonly string[], bytes: number): readonly string[] {
  let left = bytes;
  const end = publications.findIndex((text) => (left -= Buffer.byteLength(text) + 1) < 0);
  if (end === 0) throw new AppError('unavailable', 'read what was sent before, then ask again');
  return end === -1 ? publications : publications.slice(0, end);
}

function range(limit: number, since: number | undefined, reverse: boolean): ReadRange {
  if (reverse) return { before: since ?? Number.MAX_SAFE_INTEGER, limit };
  return since === undefined ? { limit } : { after: since, limit };
}
