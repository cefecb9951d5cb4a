import type { Start } from '../_sql/history/batch-plan.js';

/** How many rooms' heads are remembered. */
const most = 10_000;
/**
 * A head is not relied on for longer, ms: a server that lost commits and is back has had no time to
 * come back in between.
 */
const reliedOn = 2000;
/** How long a room is written under its lock after another process was seen to write there, ms. */
const contended = 3000;

/** A head, and what the room's row was like: see `stateOf`. */
export interface LogHead extends Start {
  state: string;
}

interface Known extends LogHead {
  confirmedAt: number;
  contendedUntil: number;
}

/** The heads of rooms as this process last saw them. One that has risen since is found out by the insert. */
export class LogHeads {
  private readonly rooms = new Map<string, Known>();

  /** The head of a room, where it was seen of late. */
  get(room: string): LogHead | undefined {
    const known = this.rooms.get(room);
    return known && performance.now() - known.confirmedAt < reliedOn ? known : undefined;
  }

  /** Whether another process wrote to the room a moment ago. */
  isContended(room: string): boolean {
    return (this.rooms.get(room)?.contendedUntil ?? 0) > performance.now();
  }

  /** @param since when the statement that confirmed it was sent, by `performance.now()` */
  learn(room: string, { epoch, head, state }: LogHead, since: number): void {
    const { rooms } = this;
    const contendedUntil = rooms.get(room)?.contendedUntil ?? 0;
    if (rooms.size >= most && !rooms.has(room)) rooms.clear();
    rooms.set(room, { epoch, head, state, confirmedAt: since, contendedUntil });
  }

  /** The head as it was found under the room's lock: where it is not as remembered, others write, too. */
  found(room: string, head: LogHead, since: number): void {
    const before = this.rooms.get(room);
    this.learn(room, head, since);
    const after = this.rooms.get(room);
    if (before && after && before.state === head.state && before.head !== head.head)
      after.contendedUntil = since + contended;
  }

  forgetAll(): void {
    this.rooms.clear();
  }
}
