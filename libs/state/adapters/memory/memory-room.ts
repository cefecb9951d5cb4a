import {
  type Appended,
  type LogSlice,
  type MemberRecord,
  type NewEvent,
  newEpoch,
  type ReadRange,
  type ReadState,
  type RoomRecord,
  type StoredEvent,
} from '#libs/state';

/** An event and its place. Terms are looked at only when somebody searches, and then kept. */
interface Kept {
  readonly seq: number;
  readonly event: NewEvent;
  terms: readonly string[] | undefined;
  deleted: boolean;
}

/** What an event costs besides its text. */
const overhead = 300;

/** One room: its log in memory, from `first` on, and everything known of its members. */
export class MemoryRoom {
  readonly epoch = newEpoch();
  readonly members = new Map<string, MemberRecord>();
  readonly markers = new Map<string, number>();
  head = 0;
  first = 1;
  bytes = 0;
  private log: Kept[] = [];
  /** sender → cid → event: no key has to be put together. */
  private readonly bySender = new Map<string, Map<string, Kept>>();
  private readonly byId = new Map<string, Kept>();
  private readonly byTarget = new Map<string, Kept[]>();

  constructor(public record: RoomRecord) {}

  append(event: NewEvent): Appended {
    const { id, sender, cid, target } = event;
    let cids = this.bySender.get(sender);
    if (!cids) this.bySender.set(sender, (cids = new Map<string, Kept>()));
    const before = cids.get(cid);
    if (before) return { id: before.event.id, seq: before.seq, epoch: this.epoch, duplicate: true };
    const seq = ++this.head;
    const kept: Kept = { seq, event, terms: undefined, deleted: false };
    this.log.push(kept);
    cids.set(cid, kept);
    this.byId.set(id, kept);
    this.bytes += sizeOf(event);
    if (target !== undefined) this.change(kept, target);
    return { id, seq, epoch: this.epoch, duplicate: false };
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
    for (const kept of this.log.splice(0, first - this.first)) {
      const { id, sender, cid, target } = kept.event;
      const cids = this.bySender.get(sender);
      cids?.delete(cid);
      if (cids?.size === 0) this.bySender.delete(sender);
      this.byId.delete(id);
      this.bytes -= sizeOf(kept.event);
      if (target === undefined) continue;
      const rest = (this.byTarget.get(target) ?? []).filter((other) => other !== kept);
      if (rest.length > 0) this.byTarget.set(target, rest);
      else this.byTarget.delete(target);
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
      const kept = this.log[at];
      if (kept && isMessage(kept) && kept.event.sender !== user) unread += 1;
    }
    return { lastReadSeq, unread };
  }

  *matching(terms: readonly string[]): Generator<StoredEvent> {
    for (const kept of this.log) {
      if (!isMessage(kept)) continue;
      const own = (kept.terms ??= kept.event.terms ?? []);
      if (terms.every((term) => own.includes(term))) yield stored(kept);
    }
  }

  private change(kept: Kept, target: string): void {
    const changes = this.byTarget.get(target);
    if (changes) changes.push(kept);
    else this.byTarget.set(target, [kept]);
    const message = this.byId.get(target);
    if (message && kept.event.type === 'message.deleted') message.deleted = true;
  }
}

const isMessage = ({ event, deleted }: Kept): boolean => event.type === 'message' && !deleted;

const sizeOf = ({ body, id, cid, sender }: NewEvent): number =>
  2 * (body.length + id.length + cid.length + sender.length) + overhead;

const stored = ({ seq, event }: Kept): StoredEvent => ({
  id: event.id,
  type: event.type,
  sender: event.sender,
  cid: event.cid,
  at: event.at,
  ...(event.target !== undefined && { target: event.target }),
  body: event.body,
  seq,
});
