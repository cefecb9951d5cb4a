import { Injectable } from '@nestjs/common';
import { type SessionRecord, SessionStore } from '#libs/state';

interface Reads {
  current: Promise<SessionRecord[]>;
  next?: Promise<SessionRecord[]>;
}

/**
 * The connections in a room, as the store has them. At most one read of a room is under way, and
 * everybody who asks meanwhile shares the one after it: an answer is never older than its question.
 */
@Injectable()
export class RoomSessions {
  private readonly reads = new Map<string, Reads>();

  constructor(private readonly sessions: SessionStore) {}

  /** @throws StoreUnavailable */
  in(room: string): Promise<SessionRecord[]> {
    const reads = this.reads.get(room);
    if (!reads) return this.read(room);
    reads.next ??= reads.current.then(
      () => this.read(room),
      () => this.read(room),
    );
    return reads.next;
  }

  private read(room: string): Promise<SessionRecord[]> {
    const current = this.sessions.sessionsIn(room);
    const reads: Reads = { current };
    this.reads.set(room, reads);
    const done = (): void => {
      if (this.reads.get(room) === reads && !reads.next) this.reads.delete(room);
    };
    current.then(done, done);
    return current;
  }
}
