import {
  allRooms,
  AlreadyExists,
  CorruptRecord,
  type CopiedEvent,
  type HistoryStore,
  markersOf,
  membersOf,
  NoSuchRecord,
  type RoomRecord,
} from '#libs/state';
import { ndjsonRows } from '../../platform/ndjson.js';
import { termsOfStored } from '../domain/search-terms.js';
import { type HistoryRow, historyRowOf, lineOf } from './history-rows.js';

export interface HistoryImport {
  rooms: number;
  /** Stored now; those that were there already are not among them. */
  events: number;
  failed: number;
  errors: { line: number; message: string }[];
}

const batchSize = 500;
const maxErrors = 1000;

/** NDJSON, room by room: the room, its events ascending by seq, its members, its read markers. */
export async function* exportHistory(store: HistoryStore): AsyncGenerator<string> {
  for await (const room of allRooms(store))
    try {
      for await (const row of rowsOf(store, room)) yield lineOf(row);
    } catch (error) {
      // Deleted meanwhile: what was written of it is a room that is cut short.
      if (!(error instanceof NoSuchRecord) || (await store.room(room.id))) throw error;
    }
}

/** As it was when it began: what is written meanwhile is not in it. */
async function* rowsOf(store: HistoryStore, room: RoomRecord): AsyncGenerator<HistoryRow> {
  const { epoch, first, head } = await store.read(room.id, { limit: 1 });
  yield { room, epoch, first };
  for (let next = first; next <= head;) {
    const slice = await store.read(room.id, { after: next - 1, limit: batchSize });
    if (slice.epoch !== epoch || slice.events[0]?.seq !== next)
      throw new CorruptRecord(`room ${room.id} was trimmed while it was exported: export it again`);
    for (const event of slice.events) if (event.seq <= head) yield { in: room.id, event };
    next += slice.events.length;
  }
  for await (const member of membersOf(store, room.id)) yield { in: room.id, member };
  for await (const marker of markersOf(store, room.id)) yield { in: room.id, marker };
}

/**
 * What an export holds, with the same numbers and epochs, so that clients resume. What is there already
 * is passed over: an import that was cut off is repeated. Of a room that is here with another history,
 * nothing is taken.
 */
export async function importHistory(
  store: HistoryStore,
  source: AsyncIterable<Uint8Array>,
  onProgress: (report: HistoryImport) => void = () => undefined,
): Promise<HistoryImport> {
  const load = new HistoryLoad(store);
  for await (const { line, value } of ndjsonRows(source)) {
    const row = historyRowOf(value);
    if (typeof row === 'string') load.refuse(line, row);
    else await load.take(line, row);
    onProgress(load.report);
  }
  await load.flush();
  return load.report;
}

interface Open {
  room: RoomRecord;
  epoch: string;
  first: number;
  head: number;
  /** Why nothing more of it is taken. */
  refused?: string;
}

class HistoryLoad {
  readonly report: HistoryImport = { rooms: 0, events: 0, failed: 0, errors: [] };
  private open: Open | undefined;
  private batch: { line: number; event: CopiedEvent }[] = [];

  constructor(private readonly store: HistoryStore) {}

  refuse(line: number, message: string): void {
    this.report.failed += 1;
    if (this.report.errors.length < maxErrors) this.report.errors.push({ line, message });
  }

  async take(line: number, row: HistoryRow): Promise<void> {
    if ('room' in row) {
      await this.flush();
      this.open = { ...row, head: 0 };
      await this.restore(line, []);
      if (this.open.refused === undefined) this.report.rooms += 1;
      return;
    }
    const { open } = this;
    if (open?.room.id !== row.in)
      this.refuse(line, `/in: the room ${row.in} is not the one whose row came last`);
    else if (open.refused !== undefined) this.refuse(line, open.refused);
    else if ('event' in row) {
      const terms = termsOfStored(row.event);
      this.batch.push({ line, event: terms.length > 0 ? { ...row.event, terms } : row.event });
      if (this.batch.length === batchSize) await this.flush();
    } else {
      await this.flush();
      // The events that waited may have been what ends the room.
      if (this.open?.refused !== undefined) this.refuse(line, this.open.refused);
      else if ('member' in row) await this.store.putMember(row.in, row.member);
      else await this.store.markRead(row.in, row.marker.user, row.marker.seq);
    }
  }

  /** Stores the events that wait. */
  async flush(): Promise<void> {
    const { batch } = this;
    this.batch = [];
    const [first] = batch;
    if (first) await this.restore(first.line, batch);
  }

  private async restore(line: number, batch: { line: number; event: CopiedEvent }[]) {
    const { open } = this;
    if (!open) return;
    try {
      const events = batch.map(({ event }) => event);
      const { head } = await this.store.restore(open.room, open, events);
      this.report.events += events.filter(({ seq }) => seq > open.head && seq <= head).length;
      open.head = head;
    } catch (error) {
      if (!(error instanceof AlreadyExists || error instanceof CorruptRecord)) throw error;
      open.refused = error.message;
      for (const { line: of } of batch.length > 0 ? batch : [{ line }])
        this.refuse(of, error.message);
    }
  }
}
