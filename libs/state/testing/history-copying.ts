import {
  AlreadyExists,
  type CopiedEvent,
  CorruptRecord,
  type HistoryStore,
  NoSuchRecord,
} from '#libs/state';
import { event, seqs } from './history-events.js';
import { room } from './history-rooms.js';

const copied = (seq: number, given: Partial<CopiedEvent> = {}): CopiedEvent => ({
  ...event(given),
  seq,
});
const stretch = (from: number, to: number): CopiedEvent[] =>
  Array.from({ length: to - from + 1 }, (_, at) => copied(from + at));

/** What HistoryStore promises to who copies it, and to who receives the copy. `store` has a room `r`. */
export function copyingPromises(store: () => HistoryStore): void {
  const slice = (id: string) => store().read(id, { limit: 100 });
  const restore = (id: string, first: number, events: CopiedEvent[], epoch = 'theirs') =>
    store().restore(room(id), { epoch, first }, events);

  describe('the markers of a room', () => {
    it('are listed ascending by user, page by page, also of who is no member', async () => {
      await store().append('r', [event(), event()]);
      await store().putMember('r', { user: 'b', role: 'member', since: 1 });
      for (const [user, seq] of [
        ['c', 2],
        ['a', 1],
        ['b', 2],
      ] as const)
        await store().markRead('r', user, seq);
      expect(await store().markers('r', { limit: 2 })).toEqual([
        { user: 'a', seq: 1 },
        { user: 'b', seq: 2 },
      ]);
      expect(await store().markers('r', { limit: 2, after: 'b' })).toEqual([{ user: 'c', seq: 2 }]);
    });

    it('of a room that does not exist are an error, not nobody’s', async () => {
      await expect(store().markers('nowhere', { limit: 1 })).rejects.toThrow(NoSuchRecord);
    });
  });

  describe('renewEpoch', () => {
    it('gives another epoch, in which all goes on where it was', async () => {
      const events = [event({ sender: 's', cid: 'one' }), event(), event()];
      await store().append('r', events);
      await store().trim('r', 2);
      await store().putMember('r', { user: 'b', role: 'member', since: 1 });
      await store().markRead('r', 'b', 2);
      const before = await slice('r');
      const renewed = await store().renewEpoch('r');
      expect(renewed).toEqual({ epoch: expect.any(String) as string, head: 3 });
      expect(renewed.epoch).not.toBe(before.epoch);
      expect(await slice('r')).toEqual({ ...before, epoch: renewed.epoch });
      expect((await store().positions(['r'])).get('r')).toEqual(renewed);
      expect(await store().markers('r', { limit: 9 })).toEqual([{ user: 'b', seq: 2 }]);
      const [next] = await store().append('r', [event()]);
      expect(next).toMatchObject({ epoch: renewed.epoch, seq: 4, duplicate: false });
    });

    it('answers a repeat of what was stored before with its number, in the new epoch', async () => {
      const once = event({ sender: 's', cid: 'one' });
      const [first] = await store().append('r', [once]);
      const { epoch } = await store().renewEpoch('r');
      const [again] = await store().append('r', [event({ sender: 's', cid: 'one' })]);
      expect(again).toEqual({ ...first, epoch, duplicate: true });
    });

    it('leaves other rooms alone, and of a room that does not exist is an error', async () => {
      await store().createRoom(room('other'), []);
      const other = await slice('other');
      await store().renewEpoch('r');
      expect(await slice('other')).toEqual(other);
      await expect(store().renewEpoch('nowhere')).rejects.toThrow(NoSuchRecord);
    });
  });

  describe('restore', () => {
    it('makes the room where it does not exist, empty, in the epoch and from the number given', async () => {
      const made = room('new', { kind: 'course', courseId: 'c', name: 'as it was' });
      expect(await store().restore(made, { epoch: 'theirs', first: 7 }, [])).toEqual({
        epoch: 'theirs',
        head: 6,
      });
      expect(await store().room('new')).toEqual(made);
      expect(await store().members('new', { limit: 10 })).toEqual([]);
      expect(await slice('new')).toEqual({ epoch: 'theirs', first: 7, head: 6, events: [] });
      expect((await store().positions(['new'])).get('new')).toEqual({ epoch: 'theirs', head: 6 });
    });

    it('keeps every event with its number, byte for byte, and gives the position reached', async () => {
      const events = [
        copied(4, { body: '{"text":"课 \\u0000 \u2028 😀  "}', at: 1_770_000_000_123 }),
        copied(5, { type: 'reaction', target: 'm-1' }),
      ];
      expect(await restore('new', 4, events)).toEqual({ epoch: 'theirs', head: 5 });
      expect(await slice('new')).toEqual({
        epoch: 'theirs',
        first: 4,
        head: 5,
        events: events.map(({ terms: _terms, ...stored }) => stored),
      });
    });

    it('leaves the record of a room that is there as it is', async () => {
      await restore('new', 1, stretch(1, 2));
      const renamed = await store().renameRoom('new', 'renamed');
      await restore('new', 1, stretch(3, 3));
      expect(await store().room('new')).toEqual(renamed);
    });

    it('takes events at or below the head as copied before, also where the stretch overlaps it', async () => {
      const events = stretch(1, 5);
      await restore('new', 1, events.slice(0, 3));
      const before = await slice('new');
      expect(await restore('new', 1, events.slice(0, 3))).toEqual({ epoch: 'theirs', head: 3 });
      expect(await slice('new')).toEqual(before);
      expect(await restore('new', 1, events.slice(1))).toEqual({ epoch: 'theirs', head: 5 });
      expect((await slice('new')).events.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    });

    it('raises `first` where it is lower here, as trim does', async () => {
      await restore('new', 1, stretch(1, 3));
      expect(await restore('new', 3, stretch(4, 4))).toEqual({ epoch: 'theirs', head: 4 });
      expect(await slice('new')).toMatchObject({ first: 3, head: 4 });
      expect(seqs((await slice('new')).events)).toEqual([3, 4]);
      expect(await restore('new', 1, [])).toEqual({ epoch: 'theirs', head: 4 });
      expect((await slice('new')).first).toBe(3);
      expect(await restore('new', 99, [])).toEqual({ epoch: 'theirs', head: 4 });
      expect(await slice('new')).toMatchObject({ first: 5, head: 4, events: [] });
    });

    it('forgets before it takes: a cid that trimming freed there may come again', async () => {
      await restore('new', 1, [copied(1, { cid: 'again', sender: 's' })]);
      await restore('new', 2, [copied(2, { cid: 'again', sender: 's' })]);
      expect(seqs((await slice('new')).events)).toEqual([2]);
    });

    it('refuses a hole above the head, and one within the stretch, and stores nothing of it', async () => {
      await restore('new', 1, stretch(1, 2));
      await expect(restore('new', 1, stretch(4, 5))).rejects.toThrow(CorruptRecord);
      await expect(restore('new', 1, [copied(3), copied(5)])).rejects.toThrow(CorruptRecord);
      expect(await slice('new')).toMatchObject({ first: 1, head: 2 });
      await expect(restore('other', 1, stretch(2, 2))).rejects.toThrow(CorruptRecord);
    });

    it('refuses a room that is here with another epoch, and leaves it alone', async () => {
      await store().append('r', [event()]);
      const before = await slice('r');
      await expect(restore('r', 1, stretch(1, 3))).rejects.toThrow(AlreadyExists);
      expect(await slice('r')).toEqual(before);
    });

    it('is followed by appends that continue the numbers in the same epoch', async () => {
      await restore('new', 3, stretch(3, 4));
      expect(await store().append('new', [event()])).toMatchObject([
        { seq: 5, epoch: 'theirs', duplicate: false },
      ]);
    });

    it('leaves a log that knows copied cids as duplicates', async () => {
      const first = copied(9, { cid: 'x', sender: 's' });
      await restore('new', 9, [first]);
      expect(await store().append('new', [event({ cid: 'x', sender: 's' })])).toEqual([
        { id: first.id, seq: 9, epoch: 'theirs', duplicate: true },
      ]);
    });

    it('leaves a log in which messages are found by id, by target, by term and counted as unread', async () => {
      const [kept, gone] = [copied(1, { terms: ['x', 'y'] }), copied(2, { terms: ['x', 'y'] })];
      await restore('new', 1, [kept, gone]);
      await restore('new', 1, [
        copied(3, { type: 'message.deleted', target: gone.id }),
        copied(4, { type: 'message.edited', target: kept.id }),
      ]);
      expect(await store().event('new', kept.id)).toMatchObject({ seq: 1 });
      expect(seqs(await store().changes('new', [kept.id, gone.id]))).toEqual([3, 4]);
      const hits = await store().search(['new'], ['x', 'y'], { limit: 5 });
      expect(hits.map((hit) => hit.event.id)).toEqual([kept.id]);
      expect((await store().readStates('u', ['new'])).get('new')).toEqual({
        lastReadSeq: 0,
        unread: 1,
      });
    });

    it('knows a message as deleted where both came in one stretch', async () => {
      const gone = copied(1, { terms: ['x'] });
      await restore('new', 1, [gone, copied(2, { type: 'message.deleted', target: gone.id })]);
      expect(await store().search(['new'], ['x'], { limit: 5 })).toEqual([]);
      expect((await store().readStates('u', ['new'])).get('new')?.unread).toBe(0);
    });

    it('answers two that copy the same stretch at once alike, and stores it once', async () => {
      const events = stretch(1, 20);
      const both = await Promise.allSettled([restore('new', 1, events), restore('new', 1, events)]);
      expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
      expect(seqs((await slice('new')).events)).toEqual(seqs(events));
    });
  });
}
