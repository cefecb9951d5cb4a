import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from '#libs/kernel';
import { HistoryStore, type NewEvent, SessionStore } from '#libs/state';
import { LOGGER } from '../../platform/logging/logger.js';
import type { Caller } from '../../platform/http/caller.js';
import { parseEvent } from '../domain/events.js';
import { LOBBY } from '../domain/rooms.js';
import { AccessService } from './access.service.js';
import { UserChannels } from './user-channels.js';

/** Rooms with more members than this do not push unread counts; clients read them with the list of rooms. */
const maxNotified = 500;
/** A busy room's members hear of new counts at most this often, ms. */
const pauseMs = 1000;

/** What users are told on their own channel: unread counts, mentions, invitations. Never holds up a sender. */
@Injectable()
export class NoticeService {
  /** Rooms being told of: true where something came meanwhile. */
  private readonly telling = new Map<string, boolean>();

  constructor(
    private readonly history: HistoryStore,
    private readonly sessions: SessionStore,
    private readonly access: AccessService,
    private readonly users: UserChannels,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  messageSent(room: string, sender: Caller, event: NewEvent, seq: number): void {
    const message = event.body.includes('"mentions":[') ? parseEvent({ ...event, seq }) : undefined;
    if (message?.type === 'message') {
      for (const user of new Set(message.mentions)) {
        if (user !== sender.id) this.inBackground(room, this.mention(room, user, message));
      }
    }
    if (room === LOBBY) return;
    if (this.telling.has(room)) this.telling.set(room, true);
    else this.inBackground(room, this.tellMembers(room));
  }

  invited(room: string, user: string): void {
    this.inBackground(room, this.users.tell(user, { type: 'invited', room }));
  }

  /** The user's other devices learn what this one read. */
  read(room: string, user: string, unread: number, head: number): void {
    this.inBackground(room, this.users.tell(user, { type: 'unread', room, unread, head }));
  }

  private async mention(room: string, user: string, message: object): Promise<void> {
    // Only who can enter the room is shown the message.
    const allowed = await this.access.of({ id: user, name: '', roles: [] }, room).then(
      () => true,
      () => false,
    );
    if (allowed) await this.users.tell(user, { type: 'mention', room, message });
  }

  private async tellMembers(room: string): Promise<void> {
    this.telling.set(room, false);
    try {
      const members = await this.history.members(room, { limit: maxNotified + 1 });
      if (members.length > maxNotified) return;
      const ids = members.map(({ user }) => user);
      const presence = await this.sessions.presenceOf(ids);
      const head = (await this.history.positions([room])).get(room)?.head ?? 0;
      for (const user of ids) {
        if (!presence.get(user)?.online) continue;
        const state = (await this.history.readStates(user, [room])).get(room);
        if (state)
          await this.users.tell(user, { type: 'unread', room, unread: state.unread, head });
      }
    } finally {
      setTimeout(() => {
        const again = this.telling.get(room) === true;
        this.telling.delete(room);
        if (again) this.inBackground(room, this.tellMembers(room));
      }, pauseMs).unref();
    }
  }

  private inBackground(room: string, work: Promise<void>): void {
    work.catch((error: unknown) => this.logger.warn({ err: error, room }, 'a notice was not sent'));
  }
}
