import { Inject, Injectable } from '@nestjs/common';
import { AppError, type Logger } from '#libs/kernel';
import type { Params } from '#libs/protocol';
import { HistoryStore, SessionStore } from '#libs/state';
import { LOGGER } from '../../platform/logging/logger.js';
import type { Connection } from '../../platform/ws/index.js';
import { parseChannel } from '../domain/channels.js';
import { AccessService } from './access.service.js';
import { recover, type Recovery } from './recovery.js';
import { RoomFeeds } from './room-feeds.js';

/** Subscriptions of one connection; each costs a place in a set and a row of presence. */
const maxSubscriptions = 200;

/** Puts connections into rooms: from the position a client holds, without a gap or a repeat. */
@Injectable()
export class SubscriptionService {
  constructor(
    private readonly history: HistoryStore,
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
      await this.access.enter(caller, room);
      const feed = await this.feeds.acquire(room);
      try {
        await this.sessions.enter(connection.id, room);
        const answer: Recovery = from.recover
          ? await recover(feed, this.history, from)
          : { ...feed.position, recovered: false, events: [], first: 0 };
        if (!live || connection.closed || feed.stale) {
          this.background(room, this.sessions.leave(connection.id, room));
          throw new AppError('unavailable', 'the subscription ended before it began');
        }
        feed.attach(connection);
        connection.subscriptions.set(channel, {
          end: () => {
            feed.detach(connection);
            this.feeds.release(feed);
            if (!connection.closed) this.background(room, this.sessions.leave(connection.id, room));
          },
        });
        const result = subscribeResult(answer, from.recover);
        // What would make the client count as slow is not sent: it would come back and ask again.
        const fits = Buffer.byteLength(result) < connection.spareBytes / 2;
        connection.replyText(
          id,
          'subscribe',
          fits
            ? result
            : subscribeResult({ ...answer, recovered: false, events: [] }, from.recover),
        );
      } catch (error) {
        this.feeds.release(feed);
        throw error;
      }
    } catch (error) {
      if (live) connection.subscriptions.delete(channel);
      throw error;
    }
  }

  private background(room: string, work: Promise<void>): void {
    work.catch((error: unknown) =>
      this.logger.warn({ err: error, room }, 'presence was not updated'),
    );
  }
}

/** Built from wire JSON as text: events are never parsed on their way out. */
function subscribeResult(
  { epoch, head, recovered, events, first }: Recovery,
  wasRecovering: boolean,
): string {
  const publications = events
    .map((data, at) => `{"data":${data},"offset":${first + at}}`)
    .join(',');
  return (
    `{"recoverable":true,"positioned":true,"epoch":${JSON.stringify(epoch)},"offset":${head},` +
    `"recovered":${recovered},"was_recovering":${wasRecovering},"publications":[${publications}]}`
  );
}
