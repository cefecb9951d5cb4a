import { tokenize } from '#libs/search';
import { ManualClock, newId, silentLogger } from '#libs/kernel';
import {
  CopyConflict,
  HistoryCopy,
  type HistoryCopyOptions,
  historyDifference,
  type HistoryStore,
  type RoomRecord,
  type StoredEvent,
  StoreUnavailable,
} from '#libs/state';
import { adapters } from '#libs/state/adapters';
import { event, failing } from '#libs/state/testing';

const room = (id: string, more: Partial<RoomRecord> = {}): RoomRecord => ({
  id,
  kind: 'group',
  name: id,
  createdAt: 1,
  createdBy: 'u',
  ...more,
});
const say = (text: string, sender = 'a') => event({ sender, body: JSON.stringify({ text }) });
const termsOf = ({ type, body }: StoredEvent) =>
  type === 'message' ? [...new Set(tokenize((JSON.parse(body) as { text: string }).text))] : [];

async function store(): Promise<HistoryStore> {
  const options = {
    url: 'memory:',
    variable: 'TEST_STORE',
    clock: new ManualClock(),
    logger: silentLogger,
  };
  const made = adapters.find(({ name }) => name === 'memory')?.history?.(options);
  if (!made) throw new Error('the memory adapter keeps history');
  await made.open();
  return made;
}

describe('a copy of history', () => {
  let from: HistoryStore;
  let to: HistoryStore;
  const copier = (more: Partial<HistoryCopyOptions> = {}) =>
    new HistoryCopy({ from, to, termsOf, ...more });
  const difference = async () => (await historyDifference({ from, to })).difference;
  const addRooms = async (count: number) => {
    for (let at = 0; at < count; at += 1)
      await from.createRoom(room(`room-${at}`, { kind: at % 2 === 0 ? 'open' : 'direct' }), []);
  };
  const addMember = (id: string, user: string, since = 1) =>
    from.putMember(id, { user, role: 'member', since });

  beforeEach(async () => {
    [from, to] = [await store(), await store()];
    await from.createRoom(room('r', { kind: 'course', courseId: 'c' }), [
      { user: 'a', role: 'owner', since: 1 },
      { user: 'b', role: 'member', since: 2 },
    ]);
    for (let at = 0; at < 2500; at += 1) await from.append('r', [say(`number ${at}`)]);
    await from.trim('r', 301);
    await from.markRead('r', 'b', 400);
    await from.markRead('r', 'guest', 7);
    await addRooms(40);
  });

  it('keeps every number, epoch, name, member and marker, and lets search find', async () => {
    await copier().pass();
    expect(await difference()).toBeNull();
    expect(await to.read('r', { limit: 1 })).toEqual(await from.read('r', { limit: 1 }));
    const hits = await to.search(['r'], tokenize('number 2499'), { limit: 2 });
    expect(hits.map(({ event: { seq } }) => seq)).toEqual([2500]);
  });

  it('copies more rooms and members than a page holds', async () => {
    await addRooms(2100);
    for (let at = 0; at < 1100; at += 1) await addMember('room-1', `user-${at}`);
    await copier().pass();
    expect(await difference()).toBeNull();
    expect(await to.room('room-2099')).not.toBeNull();
  });

  it('counts what it copied, and copies nothing twice', async () => {
    const once = copier();
    await once.pass();
    expect(once.progress).toEqual({ rooms: 41, events: 2200, removed: 0 });
    const again = copier();
    await again.pass();
    expect(again.progress).toEqual({ rooms: 41, events: 0, removed: 0 });
  });

  it('goes on where it was cut off, whether the last call had its effect or not', async () => {
    let calls = 0;
    const flaky = failing(to, (method) => {
      calls += 1;
      const turn = method === 'restore' || method === 'putMember' || method === 'markRead';
      return !turn || calls % 7 > 1 ? false : calls % 7 === 0 ? 'before' : 'after';
    });
    let failures = 0;
    for (;;) {
      try {
        await new HistoryCopy({ from, to: flaky, termsOf, parallel: 2 }).pass();
        break;
      } catch (error) {
        expect(error).toBeInstanceOf(StoreUnavailable);
        failures += 1;
      }
    }
    expect(failures).toBeGreaterThan(3);
    expect(await difference()).toBeNull();
  });

  it('keeps up with new messages, new rooms and new names', async () => {
    const copy = copier();
    await copy.pass();
    await from.append('r', [say('later')]);
    await from.createRoom(room('later'), []);
    await from.renameRoom('room-1', 'renamed');
    await copy.keepUp();
    expect(await difference()).toBeNull();
    expect(copy.progress.events).toBe(2201);
  });

  it('carries over who left, who changed role, who came back, trims and deletions', async () => {
    await addMember('room-2', 'leaves');
    await addMember('room-2', 'returns', 5);
    await addMember('room-2', 'rises');
    await from.append('room-2', [say('1'), say('2'), say('3')]);
    for (const user of ['leaves', 'returns', 'guest']) await from.markRead('room-2', user, 3);
    const copy = copier();
    await copy.pass();
    for (const user of ['leaves', 'returns', 'guest']) await from.removeMember('room-2', user);
    await addMember('room-2', 'returns', 9);
    await from.markRead('room-2', 'returns', 1);
    await from.putMember('room-2', { user: 'rises', role: 'moderator', since: 1 });
    await from.trim('r', 900);
    await from.deleteRoom('room-3');
    await from.deleteRoom('room-4');
    await from.createRoom(room('room-4'), []);
    await copy.pass();
    expect(await difference()).toBeNull();
    expect(copy.progress.removed).toBe(1);
  });

  it('starts a room again where the source forgot more than the target has', async () => {
    const copy = copier();
    await copy.pass();
    await from.append('r', [say('x'), say('y'), say('z')]);
    await from.trim('r', 2503);
    await copier().pass();
    expect(await difference()).toBeNull();
  });

  it('ends equal to a source that is written to all the while', async () => {
    let writing = true;
    const write = async () => {
      for (let at = 0; writing; at += 1) {
        const gone = say(`while copying ${at}`, 'b');
        await from.append('r', [gone, say('more')]);
        if (at % 3 === 0)
          await from.append('r', [event({ type: 'message.deleted', target: gone.id })]);
        if (at % 5 === 0) await from.trim('r', 300 + at);
        await from.markRead('r', 'b', 2500 + at);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const writer = write();
    const copy = copier();
    await copy.pass();
    for (let at = 0; at < 5; at += 1) await copy.keepUp();
    writing = false;
    await writer;
    await copy.pass();
    expect(await difference()).toBeNull();
  });

  describe('where the target has a history of its own', () => {
    it('refuses to touch the room, names it, and copies all others', async () => {
      await to.createRoom(room('r'), []);
      await to.append('r', [say('mine')]);
      await expect(copier().pass()).rejects.toThrow(CopyConflict);
      expect((await to.positions(['r'])).get('r')?.head).toBe(1);
      expect(await to.room('room-39')).not.toBeNull();
    });

    it('refuses a room that was written to after it was copied', async () => {
      await copier().pass();
      await to.append('r', [say('too early')]);
      await expect(copier().pass()).rejects.toThrow(/was written to after it was copied/);
    });

    it('leaves rooms alone that it did not bring, and says so when it verifies', async () => {
      await to.createRoom(room('only-here'), []);
      await copier().pass();
      expect(await difference()).toBe('room only-here is only at the target');
    });

    it('makes it a mirror where it is told to', async () => {
      await to.createRoom(room('r'), []);
      await to.createRoom(room('only-here'), []);
      await copier({ mirror: true }).pass();
      expect(await difference()).toBeNull();
    });
  });

  describe('verified', () => {
    const change = async (work: () => Promise<unknown>, expected: string | RegExp) => {
      await copier().pass();
      await work();
      expect(await difference()).toMatch(expected);
    };

    it('tells how much was compared', async () => {
      await copier().pass();
      expect(await historyDifference({ from, to })).toEqual({
        rooms: 41,
        events: 2200,
        difference: null,
      });
    });

    it.each<[string, (store: HistoryStore) => Promise<unknown>, RegExp]>([
      ['a room that is missing', (one) => one.deleteRoom('room-7'), /room room-7 is missing/],
      ['a name', (one) => one.renameRoom('room-7', 'x'), /room room-7: name is "x", at the source/],
      ['a head', (one) => one.append('r', [say('x')]), /room r: head is 2501, at the source 2500/],
      ['a first', (one) => one.trim('r', 500), /room r: first is 500, at the source 301/],
      [
        'a member more',
        (one) => one.putMember('r', { user: 'x', role: 'member', since: 1 }),
        /member x: is only/,
      ],
      ['a member less', (one) => one.removeMember('r', 'a'), /member a: is missing/],
      [
        'a role',
        (one) => one.putMember('r', { user: 'b', role: 'owner', since: 2 }),
        /member b: role/,
      ],
      [
        'a marker',
        (one) => one.markRead('r', 'b', 401),
        /read marker of b: 401, at the source 400/,
      ],
      ['a marker more', (one) => one.markRead('r', 'c', 3), /read marker of c: 3, at the source 0/],
    ])('names %s', async (_what, work, expected) => {
      await change(() => work(to), expected);
    });

    it.each<[keyof StoredEvent, Partial<StoredEvent>]>([
      ['id', { id: newId() }],
      ['sender', { sender: 'x' }],
      ['cid', { cid: 'x' }],
      ['at', { at: 9 }],
      ['type', { type: 'reaction' }],
      ['target', { target: 'x' }],
      ['body', { body: '{"text":"other"}' }],
    ])('names the event and its %s', async (field, changed) => {
      await copier().pass();
      const { epoch, events } = await from.read('r', { after: 2400, limit: 1000 });
      await to.deleteRoom('r');
      const altered = events.map((one) => (one.seq === 2490 ? { ...one, ...changed } : one));
      await to.restore(
        room('r', { kind: 'course', courseId: 'c' }),
        { epoch, first: 2401 },
        altered,
      );
      await from.trim('r', 2401);
      const found = await difference();
      expect(found).toContain(`room r, seq 2490: ${field} `);
      expect(found).not.toContain('other');
    });

    it('compares a room again that moved on meanwhile', async () => {
      const copy = copier();
      await copy.pass();
      await from.append('r', [say('moved on')]);
      const again: string[] = [];
      const verified = await historyDifference({
        from,
        to,
        again: async (id) => {
          again.push(id);
          return copy.again(id);
        },
      });
      expect(verified).toEqual({ rooms: 41, events: 2201, difference: null });
      expect(again).toEqual(['r']);
    });

    it('compares a room that never stands still up to where it was copied', async () => {
      const copy = copier();
      await copy.pass();
      await from.append('r', [say('first')]);
      const moving = failing(from, (method) => {
        if (method === 'read') void from.append('r', [say('again')]);
        return false;
      });
      const { difference: found } = await historyDifference({
        from: moving,
        to,
        again: (id) => copy.again(id),
      });
      expect(found).toBeNull();
    });
  });
});
