import { Inject, Injectable } from '@nestjs/common';
import { AppError, type Logger } from '#libs/kernel';
import type { Params } from '#libs/protocol';
import { SessionStore } from '#libs/state';
import { LOGGER } from '../../platform/logging/logger.js';
import type { Connection } from '../../platform/ws/index.js';
import { parseChannel } from '../domain/channels.js';
import { AccessService } from './access.service.js';
import type { Answer } from './recovery.js';
import { type OpenRoom, RoomFeeds } from './room-feeds.js';

/** Subscriptions of one connection; each costs a place in a set and a row of presence. */
const maxSubscriptions = 200;

/** Puts connections into rooms: from the position a client holds, without a gap or a repeat. */
@Injectable()
export class SubscriptionService {
  constructor(
    private readonly sessions: SessionStore,
    private readonly access: AccessService,
    private readonly feeds: RoomFeeds,
    @Inject(LOGGER) private readonly logger: Logger,
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
    try {
      await this.access.admit(caller, room);
      const { feed, recovery } = await this.open(room);
      try {
        await this.sessions.enter(connection.id, room);
        const begin = (answer: Answer) => {
          if (!live || connection.closed || feed.stale) {
            this.background(room, this.sessions.leave(connection.id, room));
            throw new AppError('unavailable', 'the subscription ended before it began');
          }
          feed.attach(connection);
          connection.subscriptions.set(channel, {
            end: () => {
              feed.detach(connection);
              this.feeds.release(feed);
              if (!connection.closed)
                this.background(room, this.sessions.leave(connection.id, room));
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

  private background(room: string, work: Promise<void>): void {
    work.catch((error: unknown) =>
      this.logger.warn({ err: error, room }, 'presence was not updated'),
    );
  }
}
