import { type HistoryStore, type MemberRecord, NoSuchRecord, type RoomRecord } from '#libs/state';
import { event } from './history-events.js';

export const room = (id: string, more: Partial<RoomRecord> = {}): RoomRecord => ({
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

/** What HistoryStore promises of rooms, members, read markers and search. `store` gives the test's own, with a room `r`. */
export function roomPromises(store: () => HistoryStore): void {
  describe('rooms', () => {
    it('are made once: a second creation gives the first room', async () => {
      const made = await store().createRoom(
        room('new', { name: 'one', kind: 'course', courseId: 'c' }),
        [member('u', 'owner')],
      );
      const again = await store().createRoom(room('new', { name: 'two' }), [member('v')]);
      expect([made.created, again.created]).toEqual([true, false]);
      expect(again.room).toEqual(room('new', { name: 'one', kind: 'course', courseId: 'c' }));
      expect(await store().members('new', { limit: 10 })).toEqual([member('u', 'owner')]);
    });

    it('exist once where two are made at the same moment', async () => {
      const both = await Promise.all([
        store().createRoom(room('race'), []),
        store().createRoom(room('race'), []),
      ]);
      expect(both.filter(({ created }) => created)).toHaveLength(1);
    });

    it('can be renamed, where they exist', async () => {
      expect(await store().renameRoom('r', 'other')).toMatchObject({ id: 'r', name: 'other' });
      expect(await store().room('r')).toMatchObject({ name: 'other' });
      await expect(store().renameRoom('nowhere', 'x')).rejects.toThrow(NoSuchRecord);
    });

    it('take everything with them and come back in a new epoch', async () => {
      await store().putMember('r', member('u'));
      await store().append('r', [event({ cid: 'x', sender: 's' })]);
      const before = (await store().positions(['r'])).get('r');
      await store().deleteRoom('r');
      await store().deleteRoom('r');
      expect(await store().room('r')).toBeNull();
      expect(await store().roomsOf('u', { limit: 10 })).toEqual([]);
      await store().createRoom(room('r'), []);
      expect(await store().append('r', [event({ cid: 'x', sender: 's' })])).toMatchObject([
        { seq: 1, duplicate: false },
      ]);
      expect((await store().positions(['r'])).get('r')?.epoch).not.toBe(before?.epoch);
    });

    it('are listed by kind and by member, ascending and page by page', async () => {
      for (const id of ['c', 'a', 'b'])
        await store().createRoom(room(id, { kind: 'open' }), [member('u', 'owner')]);
      const ids = (rooms: readonly RoomRecord[]) => rooms.map(({ id }) => id);
      expect(ids(await store().roomsOfKind('open', { limit: 2 }))).toEqual(['a', 'b']);
      expect(ids(await store().roomsOfKind('open', { limit: 2, after: 'b' }))).toEqual(['c']);
      const own = await store().roomsOf('u', { limit: 2, after: 'a' });
      expect(own.map(({ room: { id }, role }) => [id, role])).toEqual([
        ['b', 'owner'],
        ['c', 'owner'],
      ]);
    });
  });

  describe('members', () => {
    it('keep their first `since` when their role changes', async () => {
      expect(await store().putMember('r', member('u'))).toEqual({ created: true, previous: null });
      expect(await store().putMember('r', { ...member('u', 'moderator'), since: 9 })).toEqual({
        created: false,
        previous: 'member',
      });
      expect(await store().member('r', 'u')).toEqual({ user: 'u', role: 'moderator', since: 1 });
    });

    it('are listed ascending, page by page', async () => {
      for (const user of ['b', 'a', 'c']) await store().putMember('r', member(user));
      expect(
        (await store().members('r', { limit: 2, after: 'a' })).map(({ user }) => user),
      ).toEqual(['b', 'c']);
    });

    it('leave with their read marker', async () => {
      await store().append('r', [event()]);
      await store().putMember('r', member('u'));
      await store().markRead('r', 'u', 1);
      expect(await store().removeMember('r', 'u')).toBe(true);
      expect(await store().removeMember('r', 'u')).toBe(false);
      expect(await store().member('r', 'u')).toBeNull();
      expect((await store().readStates('u', ['r'])).get('r')).toEqual({
        lastReadSeq: 0,
        unread: 1,
      });
    });

    it('of a room that does not exist are an error, not nobody', async () => {
      await expect(store().members('nowhere', { limit: 1 })).rejects.toThrow(NoSuchRecord);
      await expect(store().putMember('nowhere', member('u'))).rejects.toThrow(NoSuchRecord);
    });
  });

  describe('read markers', () => {
    it('count what others wrote above them, deleted messages and other events aside', async () => {
      const gone = event({ sender: 'a' });
      await store().append('r', [
        event({ sender: 'a' }),
        event({ sender: 'me' }),
        gone,
        event({ sender: 'a', type: 'member' }),
      ]);
      await store().append('r', [event({ sender: 'a', type: 'message.deleted', target: gone.id })]);
      expect((await store().readStates('me', ['r', 'nowhere'])).get('r')).toEqual({
        lastReadSeq: 0,
        unread: 1,
      });
      expect(await store().markRead('r', 'me', 1)).toEqual({ lastReadSeq: 1, unread: 0 });
    });

    it('only rise, and never above the head', async () => {
      await store().append('r', [event(), event(), event()]);
      expect((await store().markRead('r', 'me', 2)).lastReadSeq).toBe(2);
      expect((await store().markRead('r', 'me', 1)).lastReadSeq).toBe(2);
      expect((await store().markRead('r', 'me', 99)).lastReadSeq).toBe(3);
    });
  });

  describe('search', () => {
    it('finds messages that hold every term, newest first, page by page, in the given rooms', async () => {
      await store().createRoom(room('other'), []);
      const ids = ['1', '2', '3', '4'];
      const say = (id: string, ...terms: string[]) => event({ id, terms });
      await store().append('r', [say('1', 'a', 'b'), say('2', 'a'), say('3', 'b', 'a')]);
      await store().append('other', [say('4', 'a', 'b')]);
      const found = async (rooms: string[], after?: string) =>
        (
          await store().search(rooms, ['a', 'b'], {
            limit: 2,
            ...(after !== undefined && { after }),
          })
        ).map((hit) => hit.event.id);
      expect(await found(['r', 'other'])).toEqual([ids[3], ids[2]]);
      expect(await found(['r', 'other'], '3')).toEqual(['1']);
      expect(await found(['r'])).toEqual(['3', '1']);
      expect(await found(['nowhere'])).toEqual([]);
    });

    it('finds nothing without terms', async () => {
      await store().append('r', [event({ terms: ['x'] }), event({})]);
      expect(await store().search(['r'], [], { limit: 5 })).toEqual([]);
    });

    it('finds what is there after a deletion that names it, also within one append', async () => {
      const later = event({ terms: ['x'] });
      await store().append('r', [event({ type: 'message.deleted', target: later.id }), later]);
      expect(await store().search(['r'], ['x'], { limit: 5 })).toHaveLength(1);
      await store().append('r', [event({ type: 'message.deleted', target: later.id })]);
      expect(await store().search(['r'], ['x'], { limit: 5 })).toEqual([]);
    });

    it('does not find what was deleted or trimmed', async () => {
      const gone = event({ terms: ['x'] });
      await store().append('r', [event({ terms: ['x'] }), gone]);
      await store().append('r', [event({ type: 'message.deleted', target: gone.id })]);
      await store().trim('r', 2);
      expect(await store().search(['r'], ['x'], { limit: 5 })).toEqual([]);
    });
  });
}
