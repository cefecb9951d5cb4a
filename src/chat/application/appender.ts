import { Injectable } from '@nestjs/common';
import type { Sent } from '#libs/protocol';
import {
  type Appended,
  HistoryStore,
  type NewEvent,
  NoSuchRecord,
  QueueFull,
  StoreUnavailable,
} from '#libs/state';
import { LOBBY } from '../domain/rooms.js';
import { AccessService } from './access.service.js';
import { ChatMetrics } from './chat-metrics.js';
import { RoomFeeds } from './room-feeds.js';

/** The one way into a room's log: store, then deliver, then acknowledge. */
@Injectable()
export class Appender {
  constructor(
    private readonly history: HistoryStore,
    private readonly access: AccessService,
    private readonly feeds: RoomFeeds,
    private readonly metrics: ChatMetrics,
  ) {}

  async append(room: string, event: NewEvent): Promise<Sent> {
    const events = [event];
    const began = performance.now();
    let results: Appended[];
    this.metrics.appendsWaiting += 1;
    try {
      results = await this.history.append(room, events);
    } catch (error) {
      if (error instanceof QueueFull) this.metrics.appendsRefused += 1;
      else if (error instanceof StoreUnavailable) this.metrics.appendsFailed += 1;
      if (!(error instanceof NoSuchRecord) || room !== LOBBY) throw error;
      await this.access.make(room);
      results = await this.history.append(room, events);
    } finally {
      this.metrics.appendsWaiting -= 1;
    }
    this.metrics.appendSeconds.observe((performance.now() - began) / 1000);
    const [result] = results;
    if (!result) throw new Error('the history store answered an append with nothing');
    this.feeds.committed(room, event.body, result);
    return result;
  }
}
