import fc from 'fast-check';
import type { HistoryStore, RoomRecord } from '#libs/state';
import { event, seqs } from './history-events.js';

interface ModelRoom {
  head: number;
  first: number;
  /** seq → sender and cid */
  log: Map<number, string>;
  markers: Map<string, number>;
}

const key = (sender: string, cid: string) => `${sender}/${cid}`;

/** What the port promises, written as plainly as can be. */
class Model {
  private readonly rooms = new Map<string, ModelRoom>();

  of(id: string): ModelRoom {
    let room = this.rooms.get(id);
    if (!room)
      this.rooms.set(id, (room = { head: 0, first: 1, log: new Map(), markers: new Map() }));
    return room;
  }

  append(id: string, sender: string, cid: string): { seq: number; duplicate: boolean } {
    const room = this.of(id);
    const before = [...room.log].find(([, known]) => known === key(sender, cid));
    if (before) return { seq: before[0], duplicate: true };
    room.head += 1;
    room.log.set(room.head, key(sender, cid));
    return { seq: room.head, duplicate: false };
  }

  trim(id: string, before: number): void {
    const room = this.of(id);
    room.first = Math.min(Math.max(room.first, before), room.head + 1);
    for (const seq of room.log.keys()) if (seq < room.first) room.log.delete(seq);
  }

  markRead(id: string, user: string, seq: number): { lastReadSeq: number; unread: number } {
    const room = this.of(id);
    const lastReadSeq = Math.max(room.markers.get(user) ?? 0, Math.min(seq, room.head));
    room.markers.set(user, lastReadSeq);
    const unread = [...room.log].filter(
      ([at, known]) => at > lastReadSeq && !known.startsWith(`${user}/`),
    ).length;
    return { lastReadSeq, unread };
  }
}

const rooms = fc.constantFrom('p', 'q', 'w');
const senders = fc.constantFrom('a', 'b');
const cids = fc.constantFrom('1', '2', '3', '4', '5', '6');
const said = fc.record({ room: rooms, sender: senders, cid: cids });
const seq = fc.integer({ min: 0, max: 30 });

const commands = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      events: fc.array(said, { minLength: 1, maxLength: 8 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      room: rooms,
      after: seq,
      limit: fc.integer({ min: 1, max: 9 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('trim' as const), room: rooms, before: seq }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('mark' as const), room: rooms, user: senders, seq }),
  },
);

/** Random histories, answer by answer against the model; appends of one command run concurrently. */
export function historyProperties(
  store: () => HistoryStore,
  room: (id: string) => RoomRecord,
): void {
  it('answers any run of appends, repeats, reads, trims and markers as the model does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(commands, { maxLength: 25 }), async (run) => {
        const model = new Model();
        for (const id of ['p', 'q', 'w']) {
          await store().deleteRoom(id);
          await store().createRoom(room(id), []);
        }
        for (const command of run) {
          if (command.do === 'append') {
            const answers = await Promise.all(
              command.events.map(({ room: id, sender, cid }) =>
                store().append(id, [event({ sender, cid })]),
              ),
            );
            const expected = command.events.map(({ room: id, sender, cid }) =>
              model.append(id, sender, cid),
            );
            expect(
              answers.flat().map(({ seq: at, duplicate }) => ({ seq: at, duplicate })),
            ).toEqual(expected);
          } else if (command.do === 'read') {
            const slice = await store().read(command.room, {
              after: command.after,
              limit: command.limit,
            });
            const { head, first, log } = model.of(command.room);
            expect(slice).toMatchObject({ head, first });
            expect(seqs(slice.events)).toEqual(
              [...log.keys()].filter((at) => at > command.after).slice(0, command.limit),
            );
          } else if (command.do === 'trim') {
            await store().trim(command.room, command.before);
            model.trim(command.room, command.before);
          } else {
            expect(await store().markRead(command.room, command.user, command.seq)).toEqual(
              model.markRead(command.room, command.user, command.seq),
            );
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('lets no reader see a number before all those below it', async () => {
    await store().createRoom(room('visible'), []);
    let writing = true;
    const write = async (sender: string) => {
      for (let at = 0; at < 60; at += 1)
        await store().append('visible', [event({ sender }), event({ sender })]);
    };
    const writers = Promise.all(['a', 'b', 'c', 'd'].map(write)).finally(() => (writing = false));
    while (writing) {
      const { events, head } = await store().read('visible', { limit: 1000 });
      expect(seqs(events)).toEqual(Array.from({ length: head }, (_, at) => at + 1));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writers;
    expect((await store().positions(['visible'])).get('visible')?.head).toBe(480);
  });
}
