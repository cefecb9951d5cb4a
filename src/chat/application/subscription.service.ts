import { Injectable } from '@nestjs/common';
import { AppError } from '#libs/kernel';
import type { Params } from '#libs/protocol';
import type { Connection } from '../../platform/ws/index.js';
import { parseChannel } from '../domain/channels.js';
import { AccessService } from './access.service.js';
import { PresenceFeeds, type Watch } from './presence-feeds.js';
import { PresenceService } from './presence.service.js';
import type { Answer } from './recovery.js';
import { type OpenRoom, RoomFeeds } from './room-feeds.js';

/** Subscriptions of one connection; each costs a place in a set and a row of presence. */
const maxSubscriptions = 200;

/** Puts connections into rooms: from the position a client holds, without a gap or a repeat. */
@Injectable()
export class SubscriptionService {
  constructor(
    private readonly presence: PresenceService,
    private readonly watches: PresenceFeeds,
    private readonly access: AccessService,
    private readonly feeds: RoomFeeds,
  ) {}

  /** Replies itself, in the turn in which it attaches: nothing can come between. */
  async subscribe(
    connection: Connection,
    id: number,
    { channel, ...from }: Params<'subscribe'>,
  ): Promise<void> {
    const parsed = parseChannel(channel);
    const caller = connection.caller;
    if (parsed.kind === 'user') {
      throw new AppError('forbidden', 'user channels are subscribed to by the server, at connect');
    }
    if (connection.subscriptions.has(channel))
      throw new AppError('conflict', `already subscribed to ${channel}`);
    if (connection.subscriptions.size >= maxSubscriptions) {
      throw new AppError('rate_limited', `at most ${maxSubscriptions} subscriptions a connection`);
    }
    const { room } = parsed;
    // Holds the place while stores are asked: a second subscribe meanwhile is refused, an unsubscribe ends this one.
    let live = true;
    connection.subscriptions.set(channel, { end: () => (live = false) });
    let watch: Watch | undefined;
    try {
      await this.access.admit(caller, room);
      const { feed, recovery } = await this.open(room);
      try {
        await this.presence.enter(connection, room);
        if (from.join_leave) watch = await this.watches.watch(room, connection);
        const begin = (answer: Answer) => {
          if (!live || connection.closed || feed.stale) {
            if (!connection.closed) this.presence.exit(connection, room);
            throw new AppError('unavailable', 'the subscription ended before it began');
          }
          feed.attach(connection);
          watch?.attach();
          connection.subscriptions.set(channel, {
            end: () => {
              feed.detach(connection);
              this.feeds.release(feed);
              watch?.end();
              if (!connection.closed) this.presence.exit(connection, room);
            },
          });
          // What would make the client count as slow is not sent: it would come back and ask again.
          const fits = answer.bytes < connection.spareBytes / 2;
          const { json } = fits ? answer : recovery.refused(from.recover);
          connection.replyText(id, 'subscribe', json);
        };
        if (from.recover) await recovery.resume(from, begin);
        else begin(recovery.refused(false));
      } catch (error) {
        this.feeds.release(feed);
        watch?.end();
        throw error;
      }
    } catch (error) {
      if (live) connection.subscriptions.delete(channel);
      throw error;
    }
  }

  private async open(room: string): Promise<OpenRoom> {
    try {
      return await this.feeds.acquire(room);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'not_found') throw error;
      // A course's room and the lobby are made when first needed.
      await this.access.make(room);
      return this.feeds.acquire(room);
    }
  }
}
