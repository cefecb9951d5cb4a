import { ManualClock, silentLogger } from '#libs/kernel';
import type { HistoryStore, NewEvent } from '#libs/state';
import { adapters } from '#libs/state/adapters';
import { termsOfText } from '../domain/search-terms.js';
import { exportHistory, importHistory } from './history-transfer.js';

describe('messages in and out', () => {
  const made: HistoryStore[] = [];
  async function history(): Promise<HistoryStore> {
    const memory = adapters.find(({ name }) => name === 'memory')?.history;
    if (!memory) throw new Error('no memory adapter');
    const clock = new ManualClock();
    const store = memory({
      url: 'memory:',
      variable: 'HISTORY_STORE',
      clock,
      logger: silentLogger,
    });
    await store.open();
    made.push(store);
    return store;
  }
  afterEach(async () => {
    for (const store of made.splice(0)) await store.close();
  });

  const message = (n: number, text: string): NewEvent => ({
    id: `e${String(n).padStart(5, '0')}`,
    type: 'message',
    sender: 'ada',
    cid: `c${n}`,
    at: n,
    body: JSON.stringify({ type: 'message', text }),
    terms: termsOfText(text),
  });
  const record = (id: string) => ({
    id,
    kind: 'group' as const,
    name: `房间 ${id}`,
    createdAt: 1,
    createdBy: 'ada',
  });

  /** Two rooms: one that was trimmed, with what changes messages, and one without anything in it. */
  async function filled(): Promise<HistoryStore> {
    const store = await history();
    const members = [
      { user: 'ada', role: 'owner' as const, since: 1 },
      { user: 'lin', role: 'member' as const, since: 2 },
    ];
    await store.createRoom(record('full'), members);
    await store.createRoom(record('still'), []);
    for (let n = 1; n <= 1201; n += 1) await store.append('full', [message(n, `第 ${n} python`)]);
    const deletion = { ...message(2000, ''), type: 'message.deleted' as const, target: 'e00400' };
    await store.append('full', [deletion]);
    await store.trim('full', 301);
    await store.markRead('full', 'lin', 700);
    return store;
  }
  const give = async (store: HistoryStore) => {
    let text = '';
    for await (const line of exportHistory(store)) text += line;
    return text;
  };
  const take = (store: HistoryStore, text: string) =>
    importHistory(
      store,
      (async function* () {
        for (let at = 0; at < text.length; at += 1000) yield Buffer.from(text.slice(at, at + 1000));
      })(),
    );

  it('come back as they went: numbers, epochs, members, markers, what is found by words', async () => {
    const from = await filled();
    const to = await history();
    const text = await give(from);
    expect(await take(to, text)).toEqual({ rooms: 2, events: 902, failed: 0, errors: [] });
    expect(await give(to)).toBe(text);
    expect(await to.readStates('lin', ['full'])).toEqual(await from.readStates('lin', ['full']));
    const page = { limit: 5 };
    expect(await to.search(['full'], ['python'], page)).toEqual(
      await from.search(['full'], ['python'], page),
    );
  });

  it('are taken once, however often and however far an import came', async () => {
    const to = await history();
    const text = await give(await filled());
    const half = text.slice(0, text.indexOf('\n', text.length / 2) + 1);
    const { events } = await take(to, half);
    expect(events).toBeGreaterThan(0);
    expect(await take(to, text)).toMatchObject({ events: 902 - events, failed: 0 });
    expect(await take(to, text)).toMatchObject({ events: 0, failed: 0 });
    expect(await give(to)).toBe(text);
  });

  it('are refused line by line where they are not what was exported, and nothing else is', async () => {
    const lines = (await give(await filled())).split('\n');
    lines[3] = '{"in":"full","event":{"seq":"three"}}';
    lines.splice(
      10,
      0,
      'not json',
      '{"what":1}',
      '{"in":"elsewhere","marker":{"user":"u","seq":1}}',
    );
    const to = await history();
    const { rooms, errors } = await take(to, lines.join('\n'));
    expect(rooms).toBe(2);
    expect(errors.slice(0, 4)).toMatchObject([
      { line: 4, message: expect.stringContaining('/event/seq: ') as string },
      { line: 11, message: 'not JSON' },
      { line: 12, message: 'not a row: one has room, event, member, marker' },
      { line: 13, message: '/in: the room elsewhere is not the one whose row came last' },
    ]);
    // What follows the lost event has no place, and the other room is whole.
    expect(errors[4]?.message).toMatch(/does not follow/);
    expect(await to.room('still')).not.toBeNull();
    expect(await to.members('full', { limit: 9 })).toEqual([]);
  });

  it('leave a room alone that has another history here', async () => {
    const text = await give(await filled());
    const to = await history();
    await to.createRoom(record('full'), []);
    await to.append('full', [message(1, 'ours')]);
    const { rooms, failed, errors } = await take(to, text);
    expect([rooms, failed]).toEqual([1, 1 + 902 + 2 + 1]);
    expect(errors[0]).toMatchObject({
      line: 1,
      message: expect.stringContaining('another epoch') as string,
    });
    expect((await to.read('full', { limit: 9 })).events).toHaveLength(1);
  });
});
