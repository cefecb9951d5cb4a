import { type HistoryStore, type MemberRecord, NoSuchRecord, type RoomRecord } from '#libs/state';
import { event, seqs } from './history-events.js';
import { historyProperties } from './history-properties.js';
import { factoryOf, optionsFor, type Subject } from './subject.js';
import { storePromises } from './traits.js';

const room = (id: string, more: Partial<RoomRecord> = {}): RoomRecord => ({
  id,
  kind: 'group',
  name: id,
  createdAt: 1,
  createdBy: 'u',
  ...more,
});
const member = (user: string, role: MemberRecord['role'] = 'member'): MemberRecord => ({
  user,
  role,
  since: 1,
});

/** Every promise of HistoryStore, a test each. */
export function historyContract(subject: Subject): void {
  const make = factoryOf(subject, 'history');

  describe(`history on ${subject.adapter.name}`, () => {
    let store: HistoryStore;

    beforeEach(async () => {
      store = make(await optionsFor(subject));
      await store.open();
      await store.createRoom(room('r'), []);
    });

    afterEach(() => store.close());

    storePromises(subject, make, {
      write: async (one) => {
        await one.createRoom(room('kept'), []);
        await one.append('kept', [event()]);
      },
      read: async (one) => (await one.positions(['kept'])).get('kept')?.head === 1,
    });

    describe('append', () => {
      it('numbers events from 1 with no gap, in the order given', async () => {
        expect(seqs(await store.append('r', [event(), event()]))).toEqual([1, 2]);
        expect(seqs(await store.append('r', [event()]))).toEqual([3]);
      });

      it('gives each room its own numbers', async () => {
        await store.createRoom(room('other'), []);
        await store.append('r', [event(), event()]);
        expect(seqs(await store.append('other', [event()]))).toEqual([1]);
      });

      it('commits the calls of one process for one room in call order', async () => {
        const calls = Array.from({ length: 50 }, () => store.append('r', [event(), event()]));
        expect((await Promise.all(calls)).flatMap(seqs)).toEqual(
          Array.from({ length: 100 }, (_, at) => at + 1),
        );
      });

      it('answers a repeated cid with the first id, seq and epoch and stores nothing', async () => {
        const first = event({ cid: 'same' });
        const [stored] = await store.append('r', [first]);
        const [repeat] = await store.append('r', [event({ cid: 'same' })]);
        expect(repeat).toEqual({ ...stored, id: first.id, duplicate: true });
        expect((await store.read('r', { limit: 10 })).events).toHaveLength(1);
      });

      it('recognises a repeat within one call and between concurrent calls', async () => {
        const within = await store.append('r', [event({ cid: 'a' }), event({ cid: 'a' })]);
        const between = await Promise.all([
          store.append('r', [event({ cid: 'b' })]),
          store.append('r', [event({ cid: 'b' })]),
        ]);
        expect(within.map(({ seq, duplicate }) => [seq, duplicate])).toEqual([
          [1, false],
          [1, true],
        ]);
        expect(between.flat().map(({ seq }) => seq)).toEqual([2, 2]);
        expect(between.flat().filter(({ duplicate }) => duplicate)).toHaveLength(1);
      });

      it('tells senders and letter case apart where cids are the same', async () => {
        const results = await store.append('r', [
          event({ cid: 'x', sender: 'a' }),
          event({ cid: 'x', sender: 'b' }),
          event({ cid: 'X', sender: 'a' }),
        ]);
        expect(results.map(({ duplicate }) => duplicate)).toEqual([false, false, false]);
      });

      it('refuses a room that does not exist, and nobody else in the same commit', async () => {
        const [gone, fine] = await Promise.allSettled([
          store.append('nowhere', [event()]),
          store.append('r', [event()]),
        ]);
        expect(gone).toMatchObject({
          status: 'rejected',
          reason: expect.any(NoSuchRecord) as unknown,
        });
        expect(fine).toMatchObject({ status: 'fulfilled', value: [{ seq: 1 }] });
      });

      it('keeps every field of an event byte for byte', async () => {
        const given = event({
          body: '{"text":"课 \\u0000 \u2028 😀  "}',
          target: 'm-1',
          type: 'reaction',
          at: 1_770_000_000_123,
        });
        await store.append('r', [given]);
        const { terms: _terms, ...fields } = given;
        expect((await store.read('r', { limit: 1 })).events).toEqual([{ ...fields, seq: 1 }]);
      });
    });

    describe('read', () => {
      beforeEach(() =>
        store.append(
          'r',
          Array.from({ length: 10 }, () => event()),
        ),
      );

      it.each([
        [{ limit: 3 }, [1, 2, 3]],
        [{ after: 4, limit: 3 }, [5, 6, 7]],
        [{ after: 8, limit: 5 }, [9, 10]],
        [{ after: 10, limit: 5 }, []],
        [{ after: 99, limit: 5 }, []],
        [{ before: 4, limit: 2 }, [2, 3]],
        [{ before: 3, limit: 9 }, [1, 2]],
        [{ before: 1, limit: 9 }, []],
        [{ before: 99, limit: 2 }, [9, 10]],
      ])('of %j gives %j, ascending', async (range, expected) => {
        const slice = await store.read('r', range);
        expect(slice).toMatchObject({ first: 1, head: 10 });
        expect(seqs(slice.events)).toEqual(expected);
      });

      it('tells the position of a room without events', async () => {
        await store.createRoom(room('empty'), []);
        expect(await store.read('empty', { limit: 5 })).toMatchObject({
          first: 1,
          head: 0,
          events: [],
        });
      });

      it('refuses a room that does not exist', async () => {
        await expect(store.read('nowhere', { limit: 1 })).rejects.toThrow(NoSuchRecord);
      });
    });

    describe('trim', () => {
      beforeEach(() => store.append('r', [event({ cid: 'first', sender: 's' }), event(), event()]));

      it('forgets what is below and tells so by `first`', async () => {
        await store.trim('r', 3);
        const slice = await store.read('r', { limit: 10 });
        expect(slice).toMatchObject({ first: 3, head: 3 });
        expect(seqs(slice.events)).toEqual([3]);
      });

      it('never lowers head, also where all is trimmed', async () => {
        await store.trim('r', 99);
        expect(await store.read('r', { limit: 10 })).toMatchObject({
          first: 4,
          head: 3,
          events: [],
        });
        expect(seqs(await store.append('r', [event()]))).toEqual([4]);
      });

      it('never brings back what is gone', async () => {
        await store.trim('r', 3);
        await store.trim('r', 1);
        expect((await store.read('r', { limit: 10 })).first).toBe(3);
      });

      it('frees the cids of what it forgot', async () => {
        await store.trim('r', 2);
        expect(await store.append('r', [event({ cid: 'first', sender: 's' })])).toMatchObject([
          { seq: 4, duplicate: false },
        ]);
      });
    });

    it('gives positions of many rooms at once and leaves out those that do not exist', async () => {
      await store.append('r', [event()]);
      const positions = await store.positions(['r', 'nowhere']);
      expect([...positions.keys()]).toEqual(['r']);
      expect(positions.get('r')).toEqual({
        head: 1,
        epoch: (await store.read('r', { limit: 1 })).epoch,
      });
    });

    it('finds an event by its id in its room only', async () => {
      await store.createRoom(room('other'), []);
      const given = event();
      await store.append('r', [given]);
      expect(await store.event('r', given.id)).toMatchObject({ seq: 1, id: given.id });
      expect(await store.event('other', given.id)).toBeNull();
    });

    it('gives every change of the asked-for messages, ascending', async () => {
      const change = (target: string) => event({ type: 'message.edited', target });
      await store.append('r', [change('a'), change('b'), event(), change('a'), change('c')]);
      expect(seqs(await store.changes('r', ['a', 'b']))).toEqual([1, 2, 4]);
    });

    describe('rooms', () => {
      it('are made once: a second creation gives the first room', async () => {
        const made = await store.createRoom(
          room('new', { name: 'one', kind: 'course', courseId: 'c' }),
          [member('u', 'owner')],
        );
        const again = await store.createRoom(room('new', { name: 'two' }), [member('v')]);
        expect([made.created, again.created]).toEqual([true, false]);
        expect(again.room).toEqual(room('new', { name: 'one', kind: 'course', courseId: 'c' }));
        expect(await store.members('new', { limit: 10 })).toEqual([member('u', 'owner')]);
      });

      it('exist once where two are made at the same moment', async () => {
        const both = await Promise.all([
          store.createRoom(room('race'), []),
          store.createRoom(room('race'), []),
        ]);
        expect(both.filter(({ created }) => created)).toHaveLength(1);
      });

      it('can be renamed, where they exist', async () => {
        expect(await store.renameRoom('r', 'other')).toMatchObject({ id: 'r', name: 'other' });
        expect(await store.room('r')).toMatchObject({ name: 'other' });
        await expect(store.renameRoom('nowhere', 'x')).rejects.toThrow(NoSuchRecord);
      });

      it('take everything with them and come back in a new epoch', async () => {
        await store.putMember('r', member('u'));
        await store.append('r', [event({ cid: 'x', sender: 's' })]);
        const before = (await store.positions(['r'])).get('r');
        await store.deleteRoom('r');
        await store.deleteRoom('r');
        expect(await store.room('r')).toBeNull();
        expect(await store.roomsOf('u', { limit: 10 })).toEqual([]);
        await store.createRoom(room('r'), []);
        expect(await store.append('r', [event({ cid: 'x', sender: 's' })])).toMatchObject([
          { seq: 1, duplicate: false },
        ]);
        expect((await store.positions(['r'])).get('r')?.epoch).not.toBe(before?.epoch);
      });

      it('are listed by kind and by member, ascending and page by page', async () => {
        for (const id of ['c', 'a', 'b'])
          await store.createRoom(room(id, { kind: 'open' }), [member('u', 'owner')]);
        const ids = (rooms: readonly RoomRecord[]) => rooms.map(({ id }) => id);
        expect(ids(await store.roomsOfKind('open', { limit: 2 }))).toEqual(['a', 'b']);
        expect(ids(await store.roomsOfKind('open', { limit: 2, after: 'b' }))).toEqual(['c']);
        const own = await store.roomsOf('u', { limit: 2, after: 'a' });
        expect(own.map(({ room: { id }, role }) => [id, role])).toEqual([
          ['b', 'owner'],
          ['c', 'owner'],
        ]);
      });
    });

    describe('members', () => {
      it('keep their first `since` when their role changes', async () => {
        expect(await store.putMember('r', member('u'))).toEqual({ created: true, previous: null });
        expect(await store.putMember('r', { ...member('u', 'moderator'), since: 9 })).toEqual({
          created: false,
          previous: 'member',
        });
        expect(await store.member('r', 'u')).toEqual({ user: 'u', role: 'moderator', since: 1 });
      });

      it('are listed ascending, page by page', async () => {
        for (const user of ['b', 'a', 'c']) await store.putMember('r', member(user));
        expect(
          (await store.members('r', { limit: 2, after: 'a' })).map(({ user }) => user),
        ).toEqual(['b', 'c']);
      });

      it('leave with their read marker', async () => {
        await store.append('r', [event()]);
        await store.putMember('r', member('u'));
        await store.markRead('r', 'u', 1);
        expect(await store.removeMember('r', 'u')).toBe(true);
        expect(await store.removeMember('r', 'u')).toBe(false);
        expect(await store.member('r', 'u')).toBeNull();
        expect((await store.readStates('u', ['r'])).get('r')).toEqual({
          lastReadSeq: 0,
          unread: 1,
        });
      });

      it('of a room that does not exist are an error, not nobody', async () => {
        await expect(store.members('nowhere', { limit: 1 })).rejects.toThrow(NoSuchRecord);
        await expect(store.putMember('nowhere', member('u'))).rejects.toThrow(NoSuchRecord);
      });
    });

    describe('read markers', () => {
      it('count what others wrote above them, deleted messages and other events aside', async () => {
        const gone = event({ sender: 'a' });
        await store.append('r', [
          event({ sender: 'a' }),
          event({ sender: 'me' }),
          gone,
          event({ sender: 'a', type: 'member' }),
        ]);
        await store.append('r', [event({ sender: 'a', type: 'message.deleted', target: gone.id })]);
        expect((await store.readStates('me', ['r', 'nowhere'])).get('r')).toEqual({
          lastReadSeq: 0,
          unread: 1,
        });
        expect(await store.markRead('r', 'me', 1)).toEqual({ lastReadSeq: 1, unread: 0 });
      });

      it('only rise, and never above the head', async () => {
        await store.append('r', [event(), event(), event()]);
        expect((await store.markRead('r', 'me', 2)).lastReadSeq).toBe(2);
        expect((await store.markRead('r', 'me', 1)).lastReadSeq).toBe(2);
        expect((await store.markRead('r', 'me', 99)).lastReadSeq).toBe(3);
      });
    });

    describe('search', () => {
      it('finds messages that hold every term, newest first, page by page, in the given rooms', async () => {
        await store.createRoom(room('other'), []);
        const ids = ['1', '2', '3', '4'];
        const say = (id: string, ...terms: string[]) => event({ id, terms });
        await store.append('r', [say('1', 'a', 'b'), say('2', 'a'), say('3', 'b', 'a')]);
        await store.append('other', [say('4', 'a', 'b')]);
        const found = async (rooms: string[], after?: string) =>
          (
            await store.search(rooms, ['a', 'b'], {
              limit: 2,
              ...(after !== undefined && { after }),
            })
          ).map((hit) => hit.event.id);
        expect(await found(['r', 'other'])).toEqual([ids[3], ids[2]]);
        expect(await found(['r', 'other'], '3')).toEqual(['1']);
        expect(await found(['r'])).toEqual(['3', '1']);
        expect(await found(['nowhere'])).toEqual([]);
      });

      it('does not find what was deleted or trimmed', async () => {
        const gone = event({ terms: ['x'] });
        await store.append('r', [event({ terms: ['x'] }), gone]);
        await store.append('r', [event({ type: 'message.deleted', target: gone.id })]);
        await store.trim('r', 2);
        expect(await store.search(['r'], ['x'], { limit: 5 })).toEqual([]);
      });
    });

    historyProperties(() => store, room);
  });
}
