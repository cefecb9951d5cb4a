import {
  type Appended,
  AlreadyExists,
  type LogSlice,
  type NewEvent,
  NoSuchRecord,
  type PendingAppend,
  type ReadRange,
  StoreUnavailable,
  type StoredEvent,
} from '#libs/state';
import type { Handle } from './handle.js';

export interface EventRow extends Omit<StoredEvent, 'target'> {
  room: string;
  target: string | null;
}

export const eventColumns = 'room, seq, id, type, sender, cid, at, target, body';

export const eventOf = ({ room: _room, target, ...row }: EventRow): StoredEvent => ({
  ...row,
  ...(target !== null && { target }),
});

interface Head {
  epoch: string;
  head: number;
  first: number;
}

/** The log's own statements: appending a batch in one transaction, reading, trimming. */
export class SqliteLog {
  constructor(private readonly handle: Handle) {}

  /** One transaction for everybody's appends; a caller whose room is gone fails alone. */
  commit(batch: readonly PendingAppend[]): void {
    const settle: (() => void)[] = [];
    try {
      this.handle.file.write(() => {
        const heads = new Map<string, Head>();
        for (const pending of batch) {
          const head = heads.get(pending.room) ?? this.head(pending.room);
          if (!head) {
            settle.push(() => pending.reject(new NoSuchRecord(`room ${pending.room}`)));
            continue;
          }
          heads.set(pending.room, head);
          const results = pending.events.map((event) => this.insert(pending.room, head, event));
          settle.push(() => pending.resolve(results));
        }
        for (const [room, { head }] of heads)
          this.handle.file.run('UPDATE rooms SET head = ? WHERE id = ?', [head, room]);
      });
    } catch (error) {
      this.fail(batch, error);
      return;
    }
    for (const done of settle) done();
  }

  /** What one caller's events did wrong is that caller's; what the file did is everybody's. */
  private fail(batch: readonly PendingAppend[], error: unknown): void {
    if (error instanceof AlreadyExists && batch.length > 1) {
      for (const pending of batch) this.commit([pending]);
      return;
    }
    const own = error instanceof StoreUnavailable || error instanceof AlreadyExists;
    const failure = own ? error : new StoreUnavailable('the append was not stored', error);
    for (const pending of batch) pending.reject(failure);
  }

  head(room: string): Head | undefined {
    return this.handle.file.get<Head>('SELECT epoch, head, first FROM rooms WHERE id = ?', [room]);
  }

  read(room: string, { after, before, limit }: ReadRange): LogSlice {
    const position = this.existing(room);
    const end = Math.min(before ?? Number.MAX_SAFE_INTEGER, position.head + 1);
    const start =
      before === undefined
        ? Math.max((after ?? 0) + 1, position.first)
        : Math.max(position.first, end - limit);
    const rows = this.handle.file.all<EventRow>(
      `SELECT ${eventColumns} FROM events WHERE room = ? AND seq >= ? AND seq < ? ORDER BY seq LIMIT ?`,
      [room, start, end, limit],
    );
    return { ...position, events: rows.map(eventOf) };
  }

  trim(room: string, before: number): void {
    this.handle.file.write(() => {
      const { head, first } = this.existing(room);
      const kept = Math.min(Math.max(before, first), head + 1);
      this.handle.file.run('DELETE FROM event_terms WHERE room = ? AND seq < ?', [room, kept]);
      this.handle.file.run('DELETE FROM events WHERE room = ? AND seq < ?', [room, kept]);
      this.handle.file.run('UPDATE rooms SET first = ? WHERE id = ?', [kept, room]);
    });
  }

  /** @throws NoSuchRecord */
  existing(room: string): Head {
    const head = this.head(room);
    if (!head) throw new NoSuchRecord(`room ${room}`);
    return head;
  }

  private insert(room: string, head: Head, event: NewEvent): Appended {
    const { file } = this.handle;
    const { epoch } = head;
    const seq = head.head + 1;
    const { id, type, sender, cid, at, target = null, body, terms = [] } = event;
    const stored = file.run(
      `INSERT OR IGNORE INTO events (${eventColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [room, seq, id, type, sender, cid, at, target, body],
    );
    if (stored === 0) return this.repeat(room, head, event);
    for (const term of new Set(terms))
      file.run('INSERT INTO event_terms (room, term, seq) VALUES (?, ?, ?)', [room, term, seq]);
    if (type === 'message.deleted' && target !== null)
      file.run('UPDATE events SET deleted = 1 WHERE room = ? AND id = ?', [room, target]);
    head.head = seq;
    return { id, seq, epoch, duplicate: false };
  }

  /** @throws AlreadyExists where it was the event's id that was taken */
  private repeat(room: string, { epoch }: Head, { id, sender, cid }: NewEvent): Appended {
    const first = this.handle.file.get<{ id: string; seq: number }>(
      'SELECT id, seq FROM events WHERE room = ? AND sender = ? AND cid = ?',
      [room, sender, cid],
    );
    if (!first) throw new AlreadyExists(`event ${id}`);
    return { ...first, epoch, duplicate: true };
  }
}
