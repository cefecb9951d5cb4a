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

/** What an event costs besides its text. */
const overhead = 300;

/** One room: its log in memory, from `first` on, and everything known of its members. */
export class MemoryRoom {
  epoch: string;
  readonly members = new Map<string, MemberRecord>();
  readonly markers = new Map<string, number>();
  head: number;
  first: number;
  bytes = 0;
  /** An event's seq is `first` + its index: what is kept of each is copied by the garbage collector. */
  private readonly log: NewEvent[] = [];
  /** sender → cid → seq: no key has to be put together. */
  private readonly bySender = new Map<string, Map<string, number>>();
  /** Ids of the events up to `identified`: most are never looked up. */
  private readonly byId = new Map<string, number>();
  private identified: number;
  private readonly byTarget = new Map<string, number[]>();
  private readonly deleted = new Set<number>();
  /** Terms of what was searched. */
  private readonly terms = new Map<number, readonly string[]>();

  constructor(
    public record: RoomRecord,
    { epoch, first }: { epoch: string; first: number },
  ) {
    this.epoch = epoch;
    this.first = first;
    this.head = first - 1;
    this.identified = this.head;
  }

  append(event: NewEvent): Appended {
    const before = this.bySender.get(event.sender)?.get(event.cid);
    return before === undefined
      ? { id: event.id, seq: this.keep(event), epoch: this.epoch, duplicate: false }
      : { id: this.at(before).id, seq: before, epoch: this.epoch, duplicate: true };
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
    for (const event of above) this.keep(event);
  }

  read({ after, before, limit }: ReadRange): LogSlice {
    const end = before === undefined ? this.head + 1 : Math.min(before, this.head + 1);
    const start =
      before === undefined
        ? Math.max((after ?? 0) + 1, this.first)
        : Math.max(this.first, end - limit);
    const events: StoredEvent[] = [];
    for (let seq = start; seq < Math.min(end, start + limit); seq += 1)
      events.push(this.stored(seq));
    return { epoch: this.epoch, first: this.first, head: this.head, events };
  }

  trim(before: number): void {
    const first = Math.min(Math.max(before, this.first), this.head + 1);
    for (let seq = this.first; seq < first; seq += 1) this.forget(seq, this.at(seq));
    this.log.splice(0, first - this.first);
    this.first = first;
    this.identified = Math.max(this.identified, first - 1);
  }

  event(id: string): StoredEvent | null {
    const seq = this.seqOf(id);
    return seq === undefined ? null : this.stored(seq);
  }

  changes(targets: readonly string[]): StoredEvent[] {
    return [...new Set(targets)]
      .flatMap((target) => this.byTarget.get(target) ?? [])
      .sort((one, other) => one - other)
      .map((seq) => this.stored(seq));
  }

  readState(user: string): ReadState {
    const lastReadSeq = this.markers.get(user) ?? 0;
    let unread = 0;
    for (let seq = Math.max(lastReadSeq + 1, this.first); seq <= this.head; seq += 1)
      if (this.isMessage(seq) && this.at(seq).sender !== user) unread += 1;
    return { lastReadSeq, unread };
  }

  *matching(terms: readonly string[]): Generator<StoredEvent> {
    for (let seq = this.first; seq <= this.head; seq += 1) {
      if (!this.isMessage(seq)) continue;
      const own = this.termsOf(seq);
      if (terms.every((term) => own.includes(term))) yield this.stored(seq);
    }
  }

  private keep(event: NewEvent): number {
    const { sender, cid, target } = event;
    const seq = ++this.head;
    this.log.push(event);
    let cids = this.bySender.get(sender);
    if (!cids) this.bySender.set(sender, (cids = new Map<string, number>()));
    cids.set(cid, seq);
    this.bytes += sizeOf(event);
    if (target !== undefined) this.change(seq, event.type, target);
    return seq;
  }

  private change(seq: number, type: NewEvent['type'], target: string): void {
    const changes = this.byTarget.get(target);
    if (changes) changes.push(seq);
    else this.byTarget.set(target, [seq]);
    const message = type === 'message.deleted' ? this.seqOf(target) : undefined;
    if (message !== undefined) this.deleted.add(message);
  }

  private forget(seq: number, event: NewEvent): void {
    const { id, sender, cid, target } = event;
    const cids = this.bySender.get(sender);
    cids?.delete(cid);
    if (cids?.size === 0) this.bySender.delete(sender);
    this.byId.delete(id);
    this.deleted.delete(seq);
    this.terms.delete(seq);
    this.bytes -= sizeOf(event);
    if (target === undefined) return;
    const rest = (this.byTarget.get(target) ?? []).filter((other) => other !== seq);
    if (rest.length > 0) this.byTarget.set(target, rest);
    else this.byTarget.delete(target);
  }

  private seqOf(id: string): number | undefined {
    while (this.identified < this.head) {
      this.identified += 1;
      this.byId.set(this.at(this.identified).id, this.identified);
    }
    return this.byId.get(id);
  }

  private termsOf(seq: number): readonly string[] {
    let terms = this.terms.get(seq);
    if (!terms) this.terms.set(seq, (terms = this.at(seq).terms ?? []));
    return terms;
  }

  private isMessage(seq: number): boolean {
    return this.at(seq).type === 'message' && !this.deleted.has(seq);
  }

  /** `seq` is in `first` … `head`. */
  private at(seq: number): NewEvent {
    return this.log[seq - this.first] as NewEvent;
  }

  private stored(seq: number): StoredEvent {
    const { id, type, sender, cid, at, target, body } = this.at(seq);
    return { id, type, sender, cid, at, ...(target !== undefined && { target }), body, seq };
  }
}

const sizeOf = ({ body, id, cid, sender }: NewEvent): number =>
  2 * (body.length + id.length + cid.length + sender.length) + overhead;
