import { setTimeout as pause } from 'node:timers/promises';
import { AlreadyExists, type Appended, type PendingAppend, StoreUnavailable } from '#libs/state';
import { collisions } from './bulk.js';
import type { Handle } from './handle.js';
import {
  batchId,
  type BatchDocument,
  eventDocument,
  type EventDocument,
  eventKey,
} from './log-documents.js';
import type { LogHead, LogHeads } from './log-heads.js';
import { removeBelow } from './log-removal.js';

/** What one batch holds at most; a single call that is larger is a batch of its own. */
const maxEvents = 500;
const maxBytes = 2 * 1024 * 1024;

/** What the store is known to hold of the events at hand. */
interface Found {
  byKey: Map<string, { id: string; seq: number }>;
  ids: Set<string>;
}

/** One room's part of a commit. */
interface Part {
  room: string;
  head: LogHead;
  /** Those that this batch answers, with what it answers. */
  answers: { call: PendingAppend; answer: Appended[] | AlreadyExists }[];
  events: EventDocument[];
}

/**
 * Commits appends: one insert carries a batch for every room. It is tried without looking first;
 * where it collides (another process was faster, or an event is a repeat), the room is read and its
 * calls are planned anew. Of processes that race for one room each round lets one through.
 */
export class LogAppender {
  constructor(
    private readonly handle: Handle,
    private readonly heads: LogHeads,
  ) {}

  /** Settles every call. Never throws. */
  async commit(batch: readonly PendingAppend[]): Promise<void> {
    const waiting = new Map<string, PendingAppend[]>();
    for (const call of batch) waiting.set(call.room, [...(waiting.get(call.room) ?? []), call]);
    const found = new Map<string, Found>();
    const until = performance.now() + this.handle.timeoutMs;
    for (let round = 0; waiting.size > 0; round += 1) {
      if (performance.now() > until) {
        const late = new StoreUnavailable(
          `${this.handle.options.variable}: other writers kept getting ahead of this one`,
        );
        for (const room of [...waiting.keys()]) refuse(waiting, room, late);
        return;
      }
      const parts = await this.plan(waiting, found);
      const collided = await this.insert(waiting, parts);
      // A rival's batch is seen only once a majority has it; what collided with it waits for that.
      if (collided.length > 0 && round > 0) await pause(Math.min(50, 2 ** round) * Math.random());
      await Promise.all(collided.map((part) => this.look(waiting, part, found)));
    }
  }

  private async plan(
    waiting: Map<string, PendingAppend[]>,
    found: ReadonlyMap<string, Found>,
  ): Promise<Part[]> {
    const parts = await Promise.all(
      [...waiting].map(async ([room, calls]) => {
        try {
          const head =
            this.heads.hint(room) ?? (await this.handle.read(() => this.heads.load(room)));
          return partOf(room, head, calls, found.get(room));
        } catch (error) {
          refuse(waiting, room, error as Error);
          return null;
        }
      }),
    );
    return parts.filter((part) => part !== null);
  }

  /** Gives the parts that collided; settles the others. */
  private async insert(waiting: Map<string, PendingAppend[]>, parts: Part[]): Promise<Part[]> {
    const since = performance.now();
    const full = parts.filter(({ events }) => events.length > 0);
    let collided = new Set<number>();
    try {
      if (full.length > 0) collided = await this.handle.read(() => this.store(full));
    } catch (error) {
      for (const { room } of full) refuse(waiting, room, error as Error);
      return [];
    }
    const again = full.filter((_, at) => collided.has(at));
    for (const part of parts) {
      if (again.includes(part)) continue;
      const last = part.events.at(-1)?.seq;
      if (last !== undefined) this.heads.learn(part.room, { ...part.head, head: last }, since);
      settle(waiting, part);
    }
    return again;
  }

  /** Which of the parts collided; the others are stored as durably as asked. */
  private async store(parts: readonly Part[]): Promise<Set<number>> {
    const documents = parts.map(({ room, head: { log, head }, events }): BatchDocument => ({
      _id: batchId(log, head + 1),
      log,
      room,
      first: head + 1,
      last: head + events.length,
      at: this.handle.now,
      events,
    }));
    const [one, ...more] = documents;
    const log = this.handle.collection<BatchDocument>('log');
    try {
      // The driver's way of one document is shorter, and most commits of a quiet room are one.
      if (one && more.length === 0) await log.insertOne(one);
      else await log.insertMany(documents, { ordered: false });
      return new Set();
    } catch (error) {
      const collided = collisions(error);
      if (!collided) throw error;
      return collided;
    }
  }

  /** Why a part collided: the head has moved, events are repeats, or an id is taken. */
  private async look(
    waiting: Map<string, PendingAppend[]>,
    { room, events }: Part,
    found: Map<string, Found>,
  ): Promise<void> {
    try {
      await this.handle.read(async () => {
        const { log, first } = await this.heads.load(room);
        const keys = new Set(events.map(({ key }) => key));
        const ids = new Set(events.map(({ id }) => id));
        const holding = await this.handle
          .collection<BatchDocument>('log')
          .find({
            log,
            $or: [{ 'events.key': { $in: [...keys] } }, { 'events.id': { $in: [...ids] } }],
          })
          .toArray();
        const known = found.get(room) ?? { byKey: new Map(), ids: new Set() };
        const stored = holding.flatMap((batch) => batch.events);
        for (const { key, id, seq } of stored) {
          if (seq < first) continue;
          if (keys.has(key)) known.byKey.set(key, { id, seq });
          if (ids.has(id)) known.ids.add(id);
        }
        found.set(room, known);
        // Forgotten, but still in the way: whoever trimmed died before removing it.
        if (
          stored.some(
            ({ key, id, seq }) => seq > 0 && seq < first && (keys.has(key) || ids.has(id)),
          )
        )
          await removeBelow(this.handle, log, first);
      });
    } catch (error) {
      refuse(waiting, room, error as Error);
    }
  }
}

/** As many calls, in order, as one batch takes. */
function partOf(room: string, head: LogHead, calls: readonly PendingAppend[], found?: Found): Part {
  const part: Part = { room, head, answers: [], events: [] };
  const byKey = new Map(found?.byKey);
  const ids = new Set(found?.ids);
  let bytes = 0;
  for (const call of calls) {
    const size = call.events.reduce((sum, event) => sum + 3 * event.body.length, 0);
    const fits = part.events.length + call.events.length <= maxEvents && bytes + size <= maxBytes;
    if (!fits && part.answers.length > 0) break;
    bytes += size;
    part.answers.push({ call, answer: answerTo(part, call, byKey, ids) });
  }
  return part;
}

/** Adds a call's events to the part, all or none, and gives what the call is answered. */
function answerTo(
  { head: { epoch, head }, events }: Part,
  call: PendingAppend,
  byKey: Map<string, { id: string; seq: number }>,
  ids: Set<string>,
): Appended[] | AlreadyExists {
  const before = events.length;
  const answer: Appended[] = [];
  for (const event of call.events) {
    const key = eventKey(event.sender, event.cid);
    const first = byKey.get(key);
    if (first) {
      answer.push({ id: first.id, seq: first.seq, epoch, duplicate: true });
      continue;
    }
    const { id } = event;
    if (ids.has(id)) {
      for (const added of events.splice(before)) {
        byKey.delete(added.key);
        ids.delete(added.id);
      }
      return new AlreadyExists(`event ${id}`);
    }
    const document = eventDocument(event, head + events.length + 1);
    events.push(document);
    ids.add(id);
    byKey.set(key, document);
    answer.push({ id, seq: document.seq, epoch, duplicate: false });
  }
  return answer;
}

function settle(waiting: Map<string, PendingAppend[]>, { room, answers }: Part): void {
  const rest = (waiting.get(room) ?? []).slice(answers.length);
  if (rest.length > 0) waiting.set(room, rest);
  else waiting.delete(room);
  for (const { call, answer } of answers) {
    if (answer instanceof AlreadyExists) call.reject(answer);
    else call.resolve(answer);
  }
}

function refuse(waiting: Map<string, PendingAppend[]>, room: string, error: Error): void {
  const calls = waiting.get(room) ?? [];
  waiting.delete(room);
  for (const call of calls) call.reject(error);
}
