import { type Appended, type NewEvent, NoSuchRecord, type PendingAppend } from '#libs/state';

/** The new events of one room in a batch: the n-th gets the n-th number above the head. */
export interface Draft {
  room: string;
  events: NewEvent[];
}

/** An event that is stored. */
export interface Known {
  room: string;
  sender: string;
  cid: string;
  id: string;
  seq: number;
  epoch: string;
}

/** Where a room's log stood before a batch. */
export interface Start {
  epoch: string;
  head: number;
}

interface Identity {
  sender: string;
  cid: string;
}

/** A client id is printable ASCII: a line feed parts it from what else may be in a key. */
export const keyOf = (room: string, { sender, cid }: Identity): string =>
  `${cid}\n${sender}\n${room}`;

interface Slot {
  id: string;
  /** Its place among the room's new events, from 1. */
  n: number;
  /** Whoever is answered first stored it; the others repeat it. */
  answered: boolean;
}

/** What of a batch is to be stored, where `known` is stored already and repeats within it are dropped. */
export class BatchPlan {
  private readonly byRoom = new Map<string, Draft>();
  private readonly slots = new Map<string, Slot>();
  /** What each event of the batch is answered with, in their order. */
  private readonly places: (Slot | Known)[] = [];

  constructor(
    private readonly batch: readonly PendingAppend[],
    private readonly known: ReadonlyMap<string, Known>,
  ) {
    for (const { room, events } of batch) {
      // Without events, too: whether there is such a room is what is asked then.
      if (events.length === 0) this.draft(room);
      for (const event of events) this.add(room, event);
    }
  }

  /** In the order of their rooms, which is the order they are locked in. */
  get drafts(): Draft[] {
    const drafts = [...this.byRoom.values()];
    return drafts.length < 2
      ? drafts
      : drafts.sort((one, other) => (one.room < other.room ? -1 : 1));
  }

  /** Tells every caller what became of its events; who named a room that does not exist, that. */
  settle(starts: ReadonlyMap<string, Start>): void {
    let at = 0;
    for (const pending of this.batch) {
      const { room, events } = pending;
      const places = this.places.slice(at, (at += events.length));
      const start = starts.get(room);
      if (!start && this.byRoom.has(room)) pending.reject(new NoSuchRecord(`room ${room}`));
      else pending.resolve(places.map((place) => answer(place, start)));
    }
  }

  private add(room: string, event: NewEvent): void {
    const key = keyOf(room, event);
    let place = this.known.get(key) ?? this.slots.get(key);
    if (!place) {
      const n = this.draft(room).events.push(event);
      this.slots.set(key, (place = { id: event.id, n, answered: false }));
    }
    this.places.push(place);
  }

  private draft(room: string): Draft {
    let draft = this.byRoom.get(room);
    if (!draft) this.byRoom.set(room, (draft = { room, events: [] }));
    return draft;
  }
}

function answer(place: Slot | Known, start: Start | undefined): Appended {
  if ('seq' in place) return { id: place.id, seq: place.seq, epoch: place.epoch, duplicate: true };
  const { head, epoch } = start as Start;
  const duplicate = place.answered;
  place.answered = true;
  return { id: place.id, seq: head + place.n, epoch, duplicate };
}
