import {
  type Appended,
  type CopiedEvent,
  CorruptRecord,
  type LogSlice,
  type MemberRecord,
  type NewEvent,
  type ReadRange,
  type ReadState,
  type RoomRecord,
  type StoredEvent,
} from '#libs/state';

interface Kept extends StoredEvent {
  terms: readonly string[];
  deleted?: boolean;
}

const cidKey = (sender: string, cid: string): string => `${sender}\n${cid}`;

/** What an event costs besides its text. */
const overhead = 300;

/** One room: its log in memory, from `first` on, and everything known of its members. */
export class MemoryRoom {
  readonly epoch: string;
  readonly members = new Map<string, MemberRecord>();
  readonly markers = new Map<string, number>();
  head: number;
  first: number;
  bytes = 0;
  private log: Kept[] = [];
  private readonly byCid = new Map<string, Kept>();
  private readonly byId = new Map<string, Kept>();
  private readonly byTarget = new Map<string, Kept[]>();

  constructor(
    public record: RoomRecord,
    { epoch, first }: { epoch: string; first: number },
  ) {
    this.epoch = epoch;
    this.first = first;
    this.head = first - 1;
  }

  append(event: NewEvent): Appended {
    const key = cidKey(event.sender, event.cid);
    const before = this.byCid.get(key);
    if (before) return { id: before.id, seq: before.seq, epoch: this.epoch, duplicate: true };
    const { id, seq } = this.keep({ ...event, seq: this.head + 1, terms: event.terms ?? [] });
    return { id, seq, epoch: this.epoch, duplicate: false };
  }

  /** Forgets before it takes: what the other log trimmed had cids that may be in use there again. */
  restore(first: number, events: readonly CopiedEvent[]): void {
    const above = events.filter(({ seq }) => seq > this.head);
    const hole = above.findIndex(({ seq }, at) => seq !== this.head + 1 + at);
    if (hole !== -1)
      throw new CorruptRecord(
        `room ${this.record.id}: event ${above[hole]?.seq} does not follow ${this.head + hole}`,
      );
    this.trim(first);
    for (const event of above) this.keep({ ...event, terms: event.terms ?? [] });
  }

  read({ after, before, limit }: ReadRange): LogSlice {
    const end = before === undefined ? this.head + 1 : Math.min(before, this.head + 1);
    const start =
      before === undefined
        ? Math.max((after ?? 0) + 1, this.first)
        : Math.max(this.first, end - limit);
    const events = this.log.slice(
      start - this.first,
      Math.max(start, Math.min(end, start + limit)) - this.first,
    );
    return { epoch: this.epoch, first: this.first, head: this.head, events: events.map(stored) };
  }

  trim(before: number): void {
    const first = Math.min(Math.max(before, this.first), this.head + 1);
    for (const event of this.log.splice(0, first - this.first)) {
      this.byCid.delete(cidKey(event.sender, event.cid));
      this.byId.delete(event.id);
      this.bytes -= sizeOf(event);
      if (event.target === undefined) continue;
      const rest = (this.byTarget.get(event.target) ?? []).filter((other) => other !== event);
      if (rest.length > 0) this.byTarget.set(event.target, rest);
      else this.byTarget.delete(event.target);
    }
    this.first = first;
  }

  event(id: string): StoredEvent | null {
    const kept = this.byId.get(id);
    return kept ? stored(kept) : null;
  }

  changes(targets: readonly string[]): StoredEvent[] {
    const found = [...new Set(targets)].flatMap((target) => this.byTarget.get(target) ?? []);
    return found.sort((one, other) => one.seq - other.seq).map(stored);
  }

  readState(user: string): ReadState {
    const lastReadSeq = this.markers.get(user) ?? 0;
    let unread = 0;
    for (
      let at = Math.max(lastReadSeq + 1, this.first) - this.first;
      at < this.log.length;
      at += 1
    ) {
      const event = this.log[at];
      if (event?.type === 'message' && !event.deleted && event.sender !== user) unread += 1;
    }
    return { lastReadSeq, unread };
  }

  *matching(terms: readonly string[]): Generator<StoredEvent> {
    for (const event of this.log) {
      if (
        event.type === 'message' &&
        !event.deleted &&
        terms.every((term) => event.terms.includes(term))
      )
        yield stored(event);
    }
  }

  private keep(kept: Kept): Kept {
    this.head = kept.seq;
    this.log.push(kept);
    this.byCid.set(cidKey(kept.sender, kept.cid), kept);
    this.byId.set(kept.id, kept);
    this.bytes += sizeOf(kept);
    if (kept.target !== undefined) this.change(kept, kept.target);
    return kept;
  }

  private change(event: Kept, target: string): void {
    const changes = this.byTarget.get(target);
    if (changes) changes.push(event);
    else this.byTarget.set(target, [event]);
    const message = this.byId.get(target);
    if (message && event.type === 'message.deleted') message.deleted = true;
  }
}

const sizeOf = ({ body, id, cid, sender }: Kept): number =>
  2 * (body.length + id.length + cid.length + sender.length) + overhead;

const stored = ({ terms: _terms, deleted: _deleted, ...event }: Kept): StoredEvent => event;
