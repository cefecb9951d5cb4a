import fc from 'fast-check';
import type { ChaosRecord, ReceiverRecord, RoomRecord, Step, Stored } from '../record.js';

/** What has to be told to make a record of a run in which nothing went wrong. */
export interface Shape {
  messages: number;
  /** Each: where it joins and leaves (undefined: it stays), and after how many events it is cut off. */
  readers: readonly { from: number; to?: number; cuts: readonly number[]; reloads: boolean }[];
}

const epoch = 'e1';

function reader(
  name: string,
  of: Shape['readers'][number],
  log: readonly Stored[],
): ReceiverRecord {
  const steps: Step[] = [{ at: of.from, what: 'joined', offset: of.from, epoch }];
  for (const { seq, key } of log.slice(of.from, of.to)) {
    steps.push({ at: seq, what: 'heard', seq, key });
    if (!of.cuts.includes(seq)) continue;
    steps.push({ at: seq, what: 'lost', why: 'transport closed' });
    const what = of.reloads ? 'reload' : 'resumed';
    steps.push({ at: seq, what, offset: seq, epoch });
  }
  return { name, stayed: of.to === undefined, steps };
}

/** A room of `messages` and one event of another type, whose record is as it should be. */
export function rightRoom({ messages, readers }: Shape): RoomRecord {
  const log: Stored[] = Array.from({ length: messages + 1 }, (_, at) =>
    at === 1
      ? { seq: 2, id: '', key: 'member' }
      : { seq: at + 1, id: `id-${at + 1}`, key: `ada/${at + 1}` },
  );
  return {
    room: 'r',
    epoch,
    epochs: [epoch],
    history: log,
    sent: log
      .filter(({ id }) => id !== '')
      .map(({ seq, id, key }) => ({
        key,
        at: seq,
        ack: { at: seq + 1, id, seq, epoch },
        failures: [],
      })),
    receivers: [
      reader('always', { from: 0, cuts: [], reloads: false }, log),
      ...readers.map((of, at) => reader(`reader ${at}`, of, log)),
    ],
    presence: [0, 1, 2].map((replica) => ({ replica, expected: { lin: 2 }, seen: { lin: 2 } })),
  };
}

export const recordOf = (...rooms: RoomRecord[]): ChaosRecord => ({
  rooms,
  faults: [],
  refusals: { 'rpc 108': 3, 'rpc: no answer': 1 },
  everyRequestAnswered: false,
  settled: { acknowledged: 1, caughtUp: 2, presence: 3 },
  exits: [{ at: 5, replica: 0, asked: 'terminate', served: true, how: 'code 0' }],
});

export const shapes: fc.Arbitrary<Shape> = fc.integer({ min: 2, max: 12 }).chain((messages) =>
  fc.record({
    messages: fc.constant(messages),
    readers: fc.array(
      fc
        .tuple(
          fc.nat(messages),
          fc.option(fc.nat(messages), { nil: undefined }),
          fc.array(fc.integer({ min: 1, max: messages })),
          fc.boolean(),
        )
        .map(([from, length, cuts, reloads]) => ({
          from,
          cuts,
          reloads,
          ...(length !== undefined && { to: from + length }),
        })),
      { maxLength: 4 },
    ),
  }),
);

const without = <T>(items: readonly T[], at: number): T[] => items.toSpliced(at, 1);
const twice = <T>(items: readonly T[], at: number): T[] => items.toSpliced(at, 0, items[at] as T);
const swapped = <T>(items: readonly T[], at: number): T[] =>
  items.toSpliced(at, 2, items[at + 1] as T, items[at] as T);
const changed = <T>(items: readonly T[], at: number, more: object): T[] =>
  items.with(at, { ...items[at], ...more } as T);

/** Every record that differs from a right one by one thing that must not be. */
export function mutations(room: RoomRecord): { name: string; room: RoomRecord }[] {
  const { history, sent, receivers, presence } = room;
  const made: { name: string; room: RoomRecord }[] = [];
  const add = (name: string, more: Partial<RoomRecord>) =>
    made.push({ name, room: { ...room, ...more } });
  history.forEach(({ seq, key }, at) => {
    add(`history loses ${seq}`, { history: without(history, at) });
    add(`history has ${seq} twice`, { history: twice(history, at) });
    if (at + 1 < history.length) add(`history swaps ${seq}`, { history: swapped(history, at) });
    add(`history has another ${seq}`, { history: changed(history, at, { key: 'ada/other' }) });
    if (key.includes('/'))
      add(`history names ${seq} otherwise`, { history: changed(history, at, { id: 'other' }) });
    add(`history stores ${seq} again`, {
      history: [...history, { seq: history.length + 1, id: 'again', key: `ada/${seq}` }],
    });
  });
  sent.forEach(({ key, ack, ...rest }, at) => {
    const acked = (more: object) => changed(sent, at, { ack: { ...ack, ...more } });
    add(`${key} is never acknowledged`, { sent: sent.with(at, { key, ...rest }) });
    add(`${key} is acknowledged elsewhere`, { sent: acked({ seq: (ack?.seq ?? 0) + 1 }) });
    add(`${key} is acknowledged as another`, { sent: acked({ id: 'other' }) });
    add(`${key} is acknowledged in another epoch`, { sent: acked({ epoch: 'e2' }) });
  });
  receivers.forEach((receiver, number) => {
    const { name, steps, stayed } = receiver;
    const seen = (what: string, changedSteps: Step[]) =>
      add(`${name} ${what}`, {
        receivers: receivers.with(number, { ...receiver, steps: changedSteps }),
      });
    const heardAt = steps.flatMap(({ what }, at) => (what === 'heard' ? at : []));
    for (const at of heardAt) {
      const event = steps[at] as Extract<Step, { seq: number }>;
      const last = at === heardAt.at(-1);
      // Who leaves may leave a moment earlier.
      if (!last || stayed) seen(`misses ${event.seq}`, without(steps, at));
      seen(`hears ${event.seq} twice`, twice(steps, at));
      seen(`hears another ${event.seq}`, changed(steps, at, { key: 'ada/other' }));
      const next = heardAt[heardAt.indexOf(at) + 1];
      if (next === at + 1) seen(`hears ${event.seq} late`, swapped(steps, at));
      const ghost: Step = { at: 0, what: 'heard', seq: history.length + 1, key: 'ada/ghost' };
      if (last) seen('hears a ghost', [...steps, ghost]);
    }
    steps.forEach(({ what }, at) => {
      if ('epoch' in (steps[at] as Step))
        seen(`is ${what} in another epoch`, changed(steps, at, { epoch: 'e2' }));
    });
    seen('is ended', [...steps, { at: 0, what: 'ended', why: '102' }]);
  });
  presence.forEach((one, at) => {
    add('presence lacks somebody', { presence: changed(presence, at, { seen: {} }) });
    const seen = { ...one.seen, ghost: 1 };
    add('presence has a ghost', { presence: changed(presence, at, { seen }) });
  });
  add('the epoch changes', { epochs: ['e1', 'e2'] });
  return made;
}
