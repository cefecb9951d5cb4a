import {
  AlreadyExists,
  type Appended,
  type CopiedEvent,
  CorruptRecord,
  type LogSlice,
  NoSuchRecord,
  type PendingAppend,
  type Position,
  type ReadRange,
  type ReadState,
  type RoomRecord,
  type SearchHit,
  type StateError,
  type StoredEvent,
} from '#libs/state';
import { tagged } from '../keys.js';
import type { RedisLink } from '../link.js';
import { type Argument, Script } from '../script.js';
import { compareIds, type Entry, eventsIn, eventsOf, type Flat, pushEvent } from './events.js';
import { appendLua, appendOneLua, restoreLua } from './log.lua.js';
import { changesLua, eventLua, readLua, readStateLua, searchLua } from './read.lua.js';
import { recordArguments } from './rooms.js';
import { foldLua, trimLua } from './upkeep.lua.js';

type AppendReply = [epoch: string, ...(number | string)[]] | null;

const appendScript = new Script<AppendReply[]>(appendLua);
const appendOneScript = new Script<[epoch: string, seq: number] | 0 | null>(appendOneLua);
const restoreScript = new Script<[outcome: number, is: number | string, first: number]>(restoreLua);
const trimScript = new Script<number | null>(trimLua);
const readScript = new Script<
  [epoch: string, first: number, head: number, from: number, to: number, Entry[]] | null
>(readLua);
const eventScript = new Script<Flat | null>(eventLua);
const changesScript = new Script<Flat | null>(changesLua);
const readStateScript = new Script<[marker: number, unread: number] | null>(readStateLua);
const searchScript = new Script<Flat | -1>(searchLua);
const foldScript = new Script<number>(foldLua);

/** Entries swept by one call of the trim script: a millisecond or two of the server's time. */
const sweep = 200;

/** Blocks folded by one call, likewise; and how many events a reader looks at rather than have them folded. */
const foldable = 2;
const looseEvents = 1024;

/** Events after which a room is folded unasked, so that no reader has to wait for more. */
const foldEvery = 4096;

/** The log of the rooms: one script call a room and operation, the calls of one turn on the wire together. */
export class RedisLog {
  constructor(private readonly link: RedisLink) {}

  key(room: string): string {
    return `${this.link.url.prefix}:r:${tagged(room)}`;
  }

  /**
   * One call for all rooms; on a cluster one each, together on the wire. What goes wrong in one room is
   * that room's. `ms` is what is left of the oldest call's time.
   */
  async commit(batch: readonly PendingAppend[], ms: number): Promise<void> {
    const rooms = new Map<string, PendingAppend[]>();
    for (const pending of batch) {
      const calls = rooms.get(pending.room);
      if (calls) calls.push(pending);
      else rooms.set(pending.room, [pending]);
    }
    const [only] = batch;
    if (only && batch.length === 1 && (await this.appendOne(only, ms))) return;
    if (this.link.url.topology !== 'cluster') return this.append([...rooms], ms);
    await Promise.all([...rooms].map((room) => this.append([room], ms)));
  }

  async read(room: string, { after, before, limit }: ReadRange): Promise<LogSlice> {
    const args = [after ?? '', before ?? '', limit];
    const [epoch, first, head, from, to, entries] = await this.of(room, 'read', readScript, args);
    return { epoch, first, head, events: eventsIn(entries, from, to) };
  }

  async positions(rooms: readonly string[]): Promise<Map<string, Position>> {
    const found = await this.link.call('positions', (client) =>
      Promise.all(rooms.map((room) => client.hmget(this.key(room), 'epoch', 'head'))),
    );
    return new Map(
      rooms.flatMap((room, at) => {
        const [epoch, head] = found[at] ?? [];
        return epoch ? [[room, { epoch, head: Number(head) }] as const] : [];
      }),
    );
  }

  async trim(room: string, before: number): Promise<void> {
    await this.link.call('trim', async () => {
      while ((await this.ask(room, trimScript, [before, sweep])) === 1);
    });
  }

  async event(room: string, id: string): Promise<StoredEvent | null> {
    const [event] = eventsOf(await this.of(room, 'event', eventScript, [id]));
    return event ?? null;
  }

  async changes(room: string, targets: readonly string[]): Promise<StoredEvent[]> {
    return eventsOf(await this.of(room, 'changes', changesScript, [...new Set(targets)]));
  }

  /** Raises the marker first where `seq` is given. */
  readState(room: string, user: string, seq: number): Promise<ReadState> {
    return this.link.call('read marker', () => this.stateOf(room, user, seq));
  }

  readStates(user: string, rooms: readonly string[]): Promise<Map<string, ReadState>> {
    return this.link.call('read states', async () => {
      const found = await Promise.all(
        rooms.map((room) =>
          this.stateOf(room, user, '').catch((error: unknown) => {
            if (error instanceof NoSuchRecord) return null;
            throw error;
          }),
        ),
      );
      return new Map(
        rooms.flatMap((room, at) => {
          const state = found[at];
          return state ? [[room, state] as const] : [];
        }),
      );
    });
  }

  async search(
    rooms: readonly string[],
    terms: readonly string[],
    limit: number,
    after: string | undefined,
  ): Promise<SearchHit[]> {
    if (terms.length === 0) return [];
    const args = [this.loose, limit, after ?? '', ...new Set(terms)];
    const hits = await this.link.call('search', () =>
      Promise.all([...new Set(rooms)].map((room) => this.hitsIn(room, args))),
    );
    return hits
      .flat()
      .sort((one, other) => compareIds(other.event.id, one.event.id))
      .slice(0, limit);
  }

  /** The room is made where it is not there, with `nonce`, by which the index of its kind knows it. */
  async restore(
    room: RoomRecord,
    nonce: string,
    { epoch, first }: { epoch: string; first: number },
    events: readonly CopiedEvent[],
  ): Promise<Position> {
    const from = events[0]?.seq ?? 0;
    const hole = events.findIndex(({ seq }, at) => seq !== from + at);
    if (hole !== -1) throw holeAt(room.id, events[hole]?.seq, from + hole - 1);
    const args: Argument[] = [epoch, first, nonce, ...recordArguments(room)];
    args.push(events.length, from);
    for (const event of events) pushEvent(args, event);
    const [outcome, is, kept] = await this.link.call('restore', () =>
      this.link.run(restoreScript, this.key(room.id), args),
    );
    if (outcome === 0) throw new AlreadyExists(`room ${room.id}, in another epoch,`);
    if (outcome === 2) throw holeAt(room.id, from, Number(is));
    await this.trim(room.id, kept);
    if (events.length > 0 && Math.floor(from / foldEvery) < Math.floor(Number(is) / foldEvery))
      await this.fold(room.id);
    return { epoch, head: Number(is) };
  }

  /** Who reads only changes nothing, and looks at all of them. */
  private get loose(): number {
    return this.link.options.access === 'read' ? Number.MAX_SAFE_INTEGER : looseEvents;
  }

  private async stateOf(room: string, user: string, seq: number | ''): Promise<ReadState> {
    for (;;) {
      const args = [user, seq, this.loose];
      const [lastReadSeq, unread] = await this.ask(room, readStateScript, args);
      if (unread >= 0) return { lastReadSeq, unread };
      await this.fold(room);
    }
  }

  private async hitsIn(room: string, args: readonly Argument[]): Promise<SearchHit[]> {
    for (;;) {
      const reply = await this.link.run(searchScript, this.key(room), args);
      if (reply !== -1) return eventsOf(reply).map((event) => ({ room, event }));
      await this.fold(room);
    }
  }

  private async fold(room: string): Promise<void> {
    while ((await this.link.run(foldScript, this.key(room), [foldable])) === 1);
  }

  /** Nobody waits for it; where it does not come through a reader will do it. */
  private stored(room: string, result: number | string): void {
    if (typeof result !== 'number' || result % foldEvery !== 0) return;
    const { logger, variable } = this.link.options;
    this.link
      .call('fold', () => this.fold(room))
      .catch((err: unknown) => logger.debug({ err, variable, room }, 'folding a room failed'));
  }

  private of<Reply>(
    room: string,
    what: string,
    script: Script<Reply>,
    args: readonly Argument[],
  ): Promise<NonNullable<Reply>> {
    return this.link.call(what, () => this.ask(room, script, args));
  }

  /** @throws NoSuchRecord where the script finds no room */
  private async ask<Reply>(
    room: string,
    script: Script<Reply>,
    args: readonly Argument[],
  ): Promise<NonNullable<Reply>> {
    const reply = await this.link.run(script, this.key(room), args);
    if (reply === null || reply === undefined) throw new NoSuchRecord(`room ${room}`);
    return reply;
  }

  /** The short way of a single event. False where it has to go the other one. */
  private async appendOne(pending: PendingAppend, ms: number): Promise<boolean> {
    const { room, events } = pending;
    const [event, ...more] = events;
    if (!event || more.length > 0 || event.target !== undefined) return false;
    try {
      const args: Argument[] = [];
      pushEvent(args, event);
      const reply = await this.link.call('append', () => this.ask(room, appendOneScript, args), ms);
      if (reply === 0) return false;
      pending.resolve([{ id: event.id, seq: reply[1], epoch: reply[0], duplicate: false }]);
      this.stored(room, reply[1]);
    } catch (error) {
      pending.reject(error as StateError);
    }
    return true;
  }

  private async append(rooms: readonly (readonly [string, PendingAppend[]])[], ms: number) {
    try {
      const keys = rooms.map(([room]) => this.key(room));
      const args: Argument[] = [];
      for (const [, calls] of rooms) pushCalls(args, calls);
      const replies = await this.link.call(
        'append',
        () => this.link.run(appendScript, keys, args),
        ms,
      );
      rooms.forEach(([room, calls], at) => {
        settle(room, calls, replies[at]);
        for (const result of replies[at] ?? []) this.stored(room, result);
      });
    } catch (error) {
      // A room that cannot be understood stops the script; what the others stored they find as repeats.
      if (error instanceof CorruptRecord && rooms.length > 1)
        await Promise.all(rooms.map((room) => this.append([room], ms)));
      else
        for (const [, calls] of rooms) for (const call of calls) call.reject(error as StateError);
    }
  }
}

function pushCalls(args: Argument[], calls: readonly PendingAppend[]): void {
  args.push(calls.length);
  for (const { events } of calls) {
    args.push(events.length);
    for (const event of events) pushEvent(args, event);
  }
}

/** Gives each call its part of the answers. */
function settle(
  room: string,
  calls: readonly PendingAppend[],
  reply: AppendReply | undefined,
): void {
  if (!reply) {
    for (const call of calls) call.reject(new NoSuchRecord(`room ${room}`));
    return;
  }
  const [epoch] = reply;
  let at = 1;
  for (const call of calls) {
    const first = reply[at];
    if (typeof first === 'string' && first.startsWith('!')) {
      at += 1;
      call.reject(new AlreadyExists(`event ${first.slice(1)}`));
      continue;
    }
    call.resolve(call.events.map(({ id }, of) => appended(id, epoch, reply[at + of])));
    at += call.events.length;
  }
}

function appended(id: string, epoch: string, result: number | string | undefined): Appended {
  if (typeof result === 'number') return { id, seq: result, epoch, duplicate: false };
  const [seq = '', ...first] = result?.split(' ') ?? [];
  return { id: first.join(' '), seq: Number(seq), epoch, duplicate: true };
}

const holeAt = (room: string, seq: number | undefined, head: number): CorruptRecord =>
  new CorruptRecord(`room ${room}: event ${seq} does not follow ${head}`);
