import type { ReceiverRecord, RoomRecord, Step } from '../record.js';
import type { Violation } from './violation.js';

type Event = Extract<Step, { seq: number }>;

/** What one receiver was given of a room, against the log. */
class Reading {
  readonly found: Violation[] = [];
  /** The next seq that is due; undefined before it joined. */
  private due: number | undefined;
  private joinedAt = 0;
  /** Passed over so far: a gap unless it comes after all. */
  private readonly missing = new Map<number, number>();

  constructor(
    private readonly room: RoomRecord,
    private readonly receiver: ReceiverRecord,
    private readonly stored: ReadonlyMap<number, string>,
  ) {}

  private add(violation: Omit<Violation, 'room' | 'receiver'>): void {
    this.found.push({ ...violation, room: this.room.room, receiver: this.receiver.name });
  }

  take(step: Step): void {
    if (step.what === 'heard' || step.what === 'read') return this.event(step);
    if (step.what === 'lost') return;
    const { at } = step;
    if (step.what === 'ended')
      return this.add({ kind: 'ended', at, what: `the server ended it: ${step.why}` });
    if (step.epoch !== this.room.epoch)
      this.add({ kind: 'epoch', at, what: `${step.what} in the epoch ${step.epoch}` });
    if (step.what !== 'joined') return;
    this.due = step.offset + 1;
    this.joinedAt = step.offset;
  }

  private event({ at, seq, key }: Event): void {
    const about = { at, seq, key };
    const really = this.stored.get(seq);
    if (really === undefined)
      this.add({ ...about, kind: 'phantom', what: `heard ${seq}, which is not in history` });
    else if (really !== key)
      this.add({ ...about, kind: 'phantom', what: `heard as ${seq}, where history has ${really}` });
    if (this.due === undefined) {
      this.add({ ...about, kind: 'reordered', what: `heard ${seq} before it had joined` });
      this.due = seq;
    }
    if (seq > this.due) for (let one = this.due; one < seq; one += 1) this.missing.set(one, at);
    if (seq >= this.due) {
      this.due = seq + 1;
    } else if (this.missing.delete(seq)) {
      this.add({ ...about, kind: 'reordered', what: `heard ${seq} after ${this.due - 1}` });
    } else {
      const what = `heard ${seq} again, after ${this.due - 1}`;
      this.add({ ...about, kind: seq > this.joinedAt ? 'duplicated' : 'reordered', what });
    }
  }

  end(head: number): void {
    for (const [seq, at] of this.missing) {
      const key = this.stored.get(seq);
      this.add({ kind: 'gap', seq, at, ...(key !== undefined && { key }), what: `missed ${seq}` });
    }
    if (!this.receiver.stayed) return;
    if (this.due === undefined) return this.add({ kind: 'lost', what: 'never joined' });
    if (this.due > head) return;
    const key = this.stored.get(this.due);
    const what = `heard up to ${this.due - 1} of ${head}`;
    this.add({ kind: 'lost', seq: this.due, ...(key !== undefined && { key }), what });
  }
}

/** Every receiver heard every event once, in order, without a gap, from where it joined to the head. */
export function checkReceivers(room: RoomRecord): Violation[] {
  const stored = new Map(room.history.map(({ seq, key }) => [seq, key]));
  const head = Math.max(0, ...stored.keys());
  return room.receivers.flatMap((receiver) => {
    const reading = new Reading(room, receiver, stored);
    for (const step of receiver.steps) reading.take(step);
    reading.end(head);
    return reading.found;
  });
}
