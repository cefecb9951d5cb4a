import { Injectable } from '@nestjs/common';
import { AppError } from '#libs/kernel';
import type { Params } from '#libs/protocol';
import { HistoryStore } from '#libs/state';
import type { Connection } from '../../platform/ws/index.js';
import { parseChannel } from '../domain/channels.js';
import { AccessService } from './access.service.js';
import { PresenceFeeds, type Watch } from './presence-feeds.js';
import { PresenceService } from './presence.service.js';
import { recover, type Recovery } from './recovery.js';
import { RoomFeeds } from './room-feeds.js';

/** Subscriptions of one connection; each costs a place in a set and a row of presence. */
const maxSubscriptions = 200;

/** Puts connections into rooms: from the position a client holds, without a gap or a repeat. */
@Injectable()
export class SubscriptionService {
  constructor(
    private readonly history: HistoryStore,
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
      await this.access.enter(caller, room);
      const feed = await this.feeds.acquire(room);
      try {
        await this.presence.enter(connection, room);
        if (from.join_leave) watch = await this.watches.watch(room, connection);
        const answer: Recovery = from.recover
          ? await recover(feed, this.history, from)
          : { ...feed.position, recovered: false, events: [], first: 0 };
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
        watch?.end();
        throw error;
      }
    } catch (error) {
      if (live) connection.subscriptions.delete(channel);
      throw error;
    }
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
