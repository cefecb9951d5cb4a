import { type HistoryStore, NoSuchRecord, type StoreOptions } from '#libs/state';
import { copyingPromises } from './history-copying.js';
import { event, seqs } from './history-events.js';
import { historyProperties } from './history-properties.js';
import { room, roomPromises } from './history-rooms.js';
import { factoryOf, optionsFor, type Subject } from './subject.js';
import { storePromises } from './traits.js';

/** Every promise of HistoryStore, a test each. */
export function historyContract(subject: Subject): void {
  const make = factoryOf(subject, 'history');

  describe(`history on ${subject.adapter.name}`, () => {
    let store: HistoryStore;
    let options: StoreOptions;

    beforeEach(async () => {
      options = await optionsFor(subject);
      store = make(options);
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

      it('tells of each commit with the number of events it carried', async () => {
        const commits: number[] = [];
        const told = make({ ...options, onCommit: (events) => commits.push(events) });
        await store.close();
        await told.open();
        await told.createRoom(room('told'), []);
        const calls = Array.from({ length: 20 }, () => told.append('told', [event(), event()]));
        await Promise.all(calls);
        await told.close();
        expect(commits.reduce((sum, events) => sum + events, 0)).toBe(40);
        expect(Math.min(...commits)).toBeGreaterThan(0);
        await store.open();
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

    roomPromises(() => store);
    copyingPromises(() => store);
    historyProperties(() => store, room);
  });
}
